export PYTHONUNBUFFERED=1
W="--work /tmp/work"
(time python3 training/pack.py $W --from training/.pack) 2>&1 | tail -4 &
(time python3 training/restore.py $W) 2>&1 | tail -12 &
wait
P="$W --device cuda --packed sets.pickle --workers 6 --batch 5000 --sequences"
SH="--shares ewt=.17,gum=.14,gmb=.08,gmb-more=.12,wikigold=.03,gumner=.05,uner=.02,statements=.17,events=.22"
(time timeout 60 python3 training/pretrain.py $W --device cuda --steps 601 --batch 32000 --vocabulary 16000 --out p1.pt) 2>&1 | tail -8 | sed 's/^/ST /' &
sleep 8
(time timeout 60 python3 training/pretrain.py $W --device cuda --steps 401 --batch 32000 --vocabulary 16000 --width 384 --layers 4 --out p2.pt) 2>&1 | tail -8 | sed 's/^/TE /' &
wait
(time timeout 70 python3 training/train.py $P $SH --steps 1200 --branches span=2,event=2 --init p1.pt --out s1.pt) 2>&1 | tail -12 | sed 's/^/ST /' &
(time timeout 70 python3 training/train.py $P $SH --steps 700 --width 384 --layers 4 --branches span=2,event=2 --init p2.pt --out wide.pt) 2>&1 | tail -12 | sed 's/^/TE /' &
wait
(time timeout 50 python3 training/silver_events.py $W --device cuda --model wide.pt --tokens 200000) 2>&1 | tail -12
