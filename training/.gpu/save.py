import sys; sys.path.insert(0,'training')
from pathlib import Path
import torch, os
from model import parts_of
work, out = Path('/tmp/work'), Path(os.environ['OUT'])
def pack(state, only=None):
    m={}
    for k,x in state['model'].items():
        if only and not k.startswith(only): continue
        if k=='encoder.tables.weight':
            s=x.abs().max(1).values/127
            m[k]=(torch.round(x/s.clamp(min=1e-12)[:,None]).to(torch.int8), s)
        else: m[k]=x.half() if x.is_floating_point() else x
    return dict({k:v for k,v in state.items() if k in ('width','layers','branches','trained','labels','stages')}, model=m)
for arg in sys.argv[1:]:
    name,_,to=arg.partition(':'); to=to or name
    if not (work/name).exists(): print('missing',name); continue
    st=torch.load(work/name,weights_only=False)
    only=tuple(x for n in st['trained'] for x in parts_of(n)) or None
    torch.save(pack(st,only), out/(to+'.part')); os.rename(out/(to+'.part'), out/to)
    print(name,(out/to).stat().st_size/1e6)
