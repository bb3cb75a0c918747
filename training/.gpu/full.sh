# $1 student pretrain steps, $2 student phase 1, $3 wide pretrain, $4 wide train, $5 silver tokens, $6 phase 2, $7 polish
export PYTHONUNBUFFERED=1
W="--work /tmp/work"; D="$W --device cuda --packed sets.pickle --sequences --batch 5000"
SH="ewt=.17,gum=.14,gmb=.08,gmb-more=.12,wikigold=.03,gumner=.05,uner=.02,statements=.17,events=.22"
T0=$(date +%s); say() { echo "== $(( $(date +%s) - T0 )) s $*"; }
[ -e /tmp/work/sets.pickle ] || { python3 training/pack.py $W --from training/.pack & python3 training/restore.py $W & wait; }
python3 training/pretrain.py $W --device cuda --steps $1 --batch 32000 --vocabulary 16000 --out p1.pt 2>&1 | tail -2 | sed 's/^/ST /' && say p1 &
A=$!
( python3 training/pretrain.py $W --device cuda --steps $3 --batch 32000 --vocabulary 16000 --width 384 --layers 4 --out p2.pt 2>&1 | tail -2 | sed 's/^/TE /'; say p2
python3 training/train.py $D --workers 6 --shares ewt=.1,gum=.08,gmb=.05,gmb-more=.07,wikigold=.03,gumner=.02,uner=.01,statements=.14,events=.5 --steps $4 --width 384 --layers 4 --branches span=2,event=2 --init p2.pt --out wide.pt 2>&1 | tail -6 | sed 's/^/TE /'; say wide
python3 training/silver_events.py $W --device cuda --model wide.pt --tokens $5 2>&1 | tail -3; say silver ) &
B=$!
wait $A
python3 training/train.py $D --workers 7 --shares $SH --steps $2 --branches span=2,event=2 --init p1.pt --out s1.pt 2>&1 | tail -8 | sed 's/^/ST /'; say s1; python3 training/.gpu/save.py s1.pt:student.pt &
wait $B
V=.16; Y=.4; [ -e /tmp/work/events-silver.pickle ] || { V=0; Y=0; echo NO SILVER; }
(python3 - <<'P'
import lzma
raw=open('/tmp/work/events-silver.pickle','rb').read(); h=len(raw)//3
import os
from multiprocessing import Pool
def f(i): 
    open(f"{os.environ['OUT']}/silver.{i}.xz",'wb').write(lzma.compress(raw[i*h:(i+1)*h if i<2 else None],preset=1))
with Pool(3) as p: p.map(f,range(3))
P
say silver packed ) &
python3 training/train.py $D --workers 8 --lr 1.2e-3 --seed 2 --shares ewt=.15,gum=.12,gmb=.07,gmb-more=.1,wikigold=.03,gumner=.05,uner=.02,statements=.16,events=.14,events-silver=$V --steps $6 --from s1.pt --out s2.pt 2>&1 | tail -8 | sed 's/^/S2 /'; say s2; python3 training/.gpu/save.py s2.pt:student.pt &
Z="ewt=0,gum=0,gmb=0,gmb-more=0,wikigold=0,gumner=0,uner=0,statements=0,events=0"
python3 training/train.py $D --workers 5 --lr 8e-4 --seed 3 --train event --shares $Z,events=.6,events-silver=$Y --steps $7 --from s2.pt --out event.pt 2>&1 | tail -2 | sed 's/^/EV /' &
python3 training/train.py $D --workers 3 --lr 8e-4 --seed 3 --train span --shares $Z,statements=1 --steps $7 --from s2.pt --out span.pt 2>&1 | tail -2 | sed 's/^/SP /' &
python3 training/train.py $D --workers 3 --lr 8e-4 --seed 3 --train entity --shares $Z,gmb=.3,gmb-more=.4,wikigold=.1,gumner=.15,uner=.05 --steps $7 --from s2.pt --out entity.pt 2>&1 | tail -2 | sed 's/^/EN /' &
wait
say polish
python3 training/.gpu/save.py event.pt span.pt entity.pt
say done
