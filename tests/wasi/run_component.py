"""Runs a component as `wasmtime run --wasi http --dir .` does: run_component.py COMPONENT ARGUMENT...

It has the environment, the standard streams and, as its root, the current directory.
"""

import sys

from wasmtime import Engine, ExitTrap, Store, WasiConfig
from wasmtime.component import Component, Linker

engine = Engine()
component = Component.from_file(engine, sys.argv[1])
wasi = WasiConfig()
wasi.argv = sys.argv[1:]
wasi.inherit_env()
wasi.inherit_stdin()
wasi.inherit_stdout()
wasi.inherit_stderr()
wasi.preopen_dir(".", "/")
store = Store(engine)
store.set_wasi(wasi)
store.set_wasi_http()
linker = Linker(engine)
linker.add_wasip2()
linker.add_wasi_http()
instance = linker.instantiate(store, component)
run = instance.get_func(store, component.get_export_index("run", component.get_export_index("wasi:cli/run@0.2.0")))
try:
    sys.exit(0 if run(store).tag == "ok" else 1)
except ExitTrap as end:
    sys.exit(end.code)
