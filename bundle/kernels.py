"""Compile the model's loops ahead for the levels of x86-64 and write them to sim/kernels: python3 go.py kernels

Each level is compiled by Numba in a process of its own, on small cities in which every loop is called: an
object without anything of Python or Numba in it, of whose loops `sim/kernels/index.json` tells the types (see
sim.model.carried). Where the rules are those that the index names, and only words around them were changed,
the objects stay and the index is renewed; --again compiles all the same.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

# What a loop asks of Numba's run time, as a process without it gives it. A block of memory begins with its
# count of references and holds, 24 bytes further, where its data are. What would build an error does not: the
# loop ends early all the same.
RUN_TIME = """
declare ptr @malloc(i64)
declare void @free(ptr)
declare double @ldexp(double, i32)
declare double @frexp(double, ptr)
define ptr @NRT_MemInfo_alloc_aligned(i64 %n, i32 %align) {
  %more = add i64 %n, 192
  %p = call ptr @malloc(i64 %more)
  %none = icmp eq ptr %p, null
  br i1 %none, label %lacking, label %found
lacking:
  ret ptr null
found:
  store i64 1, ptr %p
  %z = getelementptr i8, ptr %p, i64 8
  store i64 0, ptr %z
  %address = ptrtoint ptr %p to i64
  %beyond = add i64 %address, 127
  %aligned = and i64 %beyond, -64
  %d = inttoptr i64 %aligned to ptr
  %s = getelementptr i8, ptr %p, i64 24
  store ptr %d, ptr %s
  %size = getelementptr i8, ptr %p, i64 32
  store i64 %n, ptr %size
  ret ptr %p
}
define void @NRT_MemInfo_call_dtor(ptr %p) {
  call void @free(ptr %p)
  ret void
}
define void @NRT_Free(ptr %p) {
  call void @free(ptr %p)
  ret void
}
define double @numba_ldexp(double %x, i32 %k) {
  %r = call double @ldexp(double %x, i32 %k)
  ret double %r
}
define double @numba_frexp(double %x, ptr %k) {
  %r = call double @frexp(double %x, ptr %k)
  ret double %r
}
define ptr @numba_unpickle(ptr %a, i32 %b, ptr %c) {
  ret ptr null
}
define ptr @numba_runtime_build_excinfo_struct(ptr %a, ptr %b) {
  ret ptr null
}
define void @numba_do_raise(ptr %a) {
  ret void
}
"""
ALLOWED = {"malloc", "free", "ldexp", "frexp", "sqrt", "memset", "memcpy", "memmove"}


class NotCarried(Exception):
    """A loop was compiled for a type that Python does not call it with."""


# one level, in a process of its own


def call_every_loop() -> None:
    """Simulate cities in which every loop is called with the types that it is called with anywhere."""
    from model.cities import lively_scenario
    from model.uncompiled import every_programme
    from reference.worlds import random_policy, random_scenario

    import sim
    from sim.mesa_city import City
    from sim.model.start.drawn_table import drawn_table
    from sim.scenario import Scenario, load, to_data
    from sim.scenario.estate_rows import read_rows
    from sim.scenario.overrides import with_estates

    sim.warm_up()
    small = load("small_city")
    with City(with_estates(small, read_rows(drawn_table(small).text), "city.csv"), months=1) as city:
        city.run()
    with City("subsidy_reacting", months=1) as city:
        city.run()
    everything = to_data(every_programme())
    everything["mechanisms"] = dict.fromkeys(type(lively_scenario().mechanisms).model_fields, True)
    with City(Scenario.model_validate(everything)) as city:
        city.run()
    for number in (1, 3, 4):
        with City(random_scenario(number, 9)) as city:
            city.policy.act = random_policy(city, number)  # type: ignore[method-assign]
            city.run()


def slots_of(kind: Any) -> Iterator[Any]:
    """What the packing of an argument of a Numba type consists of (see sim.model.carried)."""
    from numba import types
    from numba.np.numpy_support import as_dtype

    from sim.model.carried import SCALARS, dtype_key

    if isinstance(kind, types.BaseTuple):
        for one in kind:
            yield from slots_of(one)
    elif isinstance(kind, types.Array):
        yield [dtype_key(as_dtype(kind.dtype)), kind.ndim, kind.layout, kind.mutable]
    elif str(kind) in SCALARS:
        yield str(kind)
    else:
        raise NotCarried(f"an argument of a kind that is not carried: {kind}")


def result_of(kind: Any) -> str:
    """The index's name of a type that a loop returns."""
    from numba import types

    from sim.model.carried import RESULT_SLOTS, SCALARS

    if kind == types.none:
        return "none"
    if str(kind) in SCALARS:
        return str(kind)
    if isinstance(kind, types.UniTuple) and str(kind.dtype) in SCALARS and kind.count <= RESULT_SLOTS:
        return f"{kind.dtype} {kind.count}"
    raise SystemExit(f"a result of a kind that is not carried: {kind}")


def without_python(text: str) -> str:
    """LLVM text without the wrappers by which Python and C would call it."""
    kept, skipping = [], False
    for line in text.split("\n"):
        skipping = skipping or bool(
            line.startswith("define") and re.search(r"@_ZN7cpython|@cfunc\.|@numba_gil", line)
        )
        if not skipping:
            kept.append(line)
        skipping = skipping and line != "}"
    text = re.sub(r"^declare .*(@Py|gil|NRT_adapt).*$", "", "\n".join(kept), flags=re.M)
    return re.sub(r"= common (local_unnamed_addr )?global", "= internal global", text)


def entry(symbol: str, called: str, kinds: Sequence[str], slots: int) -> str:
    """LLVM text of the function that reads 64-bit slots and calls a loop; the result goes behind them."""
    lines = [
        f"declare i32 @{called}({', '.join(kinds)})",
        f"define i32 @{symbol}(ptr %slots) {{",
        "  %raised = alloca ptr",
    ]
    lines.append(f"  %result = getelementptr i64, ptr %slots, i64 {slots}")
    arguments = ["ptr %result", "ptr %raised"]
    for number, kind in enumerate(kinds[2:]):
        lines.append(f"  %p{number} = getelementptr i64, ptr %slots, i64 {number}")
        lines.append(f"  %a{number} = load {kind}, ptr %p{number}")
        arguments.append(f"{kind} %a{number}")
    lines += [f"  %status = call i32 @{called}({', '.join(arguments)})"]
    # Numba's codes: 0 all is well, -2 None is returned
    lines += ["  %well = icmp eq i32 %status, -2", "  %told = select i1 %well, i32 0, i32 %status"]
    return "\n".join([*lines, "  ret i32 %told", "}"])


def compile_level(level: str, folder: Path) -> None:
    """Write a level's object and what the index says of its loops."""
    import llvmlite.binding as llvm

    from sim.model.carried import dtype_key
    from sim.model.kernel import KERNELS
    from sim.model.parameters import PARAMETERS, record_type

    call_every_loop()
    modules, entries, told = [], [RUN_TIME], {}
    kept = {"malloc", "free"}
    for name, kernel in sorted(KERNELS.items()):
        compiled = kernel.__dict__.get("dispatcher")
        if compiled is None or not compiled.signatures:
            raise SystemExit(f"{name} was never called: let call_every_loop call it")
        told[name] = []
        for number, types in enumerate(sorted(compiled.signatures, key=str)):
            one = compiled.overloads[types]
            try:
                slots = [slot for kind in types for slot in slots_of(kind)]
            except NotCarried:
                continue  # other loops alone call it so, and have it in their own code
            module = llvm.parse_assembly(without_python(one.library.get_llvm_str()))
            modules.append(module)
            symbol, called = f"{name}.{number}", one.fndesc.llvm_func_name
            kinds = [str(argument.type) for argument in module.get_function(called).arguments]
            words = sum(1 if isinstance(slot, str) else 5 + 2 * slot[1] for slot in slots)
            if len(kinds) != words + 2:
                raise SystemExit(f"{name} takes {len(kinds) - 2} numbers, not {words}")
            entries.append(entry(symbol, called, kinds, words))
            kept.add(symbol)
            told[name].append(
                {"slots": slots, "result": result_of(one.signature.return_type), "symbol": symbol}
            )
        if not told[name]:
            raise SystemExit(f"{name} is called with types that are not carried: {compiled.signatures}")
    first, *others = modules
    for other in (*others, *map(llvm.parse_assembly, entries)):
        first.link_in(other)
    number = 0
    for function in first.functions:
        if function.is_declaration:
            if not function.name.startswith("llvm.") and function.name not in ALLOWED:
                raise SystemExit(f"the loops ask for {function.name}, which nobody gives them")
        elif function.name not in kept:
            function.linkage, number = "internal", number + 1
            function.name = f"f{number}"
    first.verify()
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=level, features="", opt=3, reloc="pic", codemodel="default"
    )
    passes = llvm.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(first, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(3)))
    (folder / f"{level}.o.z").write_bytes(zlib.compress(bytes(machine.emit_object(first)), 9))
    said = {"kernels": told, "parameters": dtype_key(record_type(PARAMETERS))}
    (folder / f"{level}.json").write_text(json.dumps(said), encoding="utf-8")


# all levels


def rules_hash() -> str:
    """Of the source that is compiled, without its words: comments, docstrings and how lines are broken."""
    from sim.fingerprint import COMPILED_SOURCE, PACKAGE

    digest = hashlib.sha256()
    for name in COMPILED_SOURCE:
        place = PACKAGE / name
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                body = getattr(node, "body", None)
                if isinstance(body, list) and body and _is_docstring(body[0]):
                    body[0] = ast.Pass()
            digest.update(file.relative_to(PACKAGE).as_posix().encode() + ast.dump(tree).encode())
    return digest.hexdigest()[:16]


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def main() -> int:
    """Renew what is stale; the exit code is 1 if a level could not be compiled."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--again", action="store_true", help="compile, whatever the index says")
    parser.add_argument("--level", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.level:
        compile_level(asked.level, asked.folder)
        return 0

    from sim.fingerprint import COMPILED_SOURCE, raw_hash
    from sim.model.carried import FOLDER, FORMAT, LEVELS, dtype_key
    from sim.model.parameters import PARAMETERS, record_type

    target = FOLDER / "index.json"
    FOLDER.mkdir(exist_ok=True)
    had = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    head = {"format": FORMAT, "source": raw_hash(COMPILED_SOURCE), "rules": rules_hash()}
    head["parameters"] = dtype_key(record_type(PARAMETERS))
    same = all(had.get(key) == head[key] for key in ("format", "rules", "parameters"))
    if same and not asked.again:
        _write(target, had | head)
        print("the rules are the same: the objects stay")
        return 0
    with tempfile.TemporaryDirectory(prefix="estate-kernels-") as name:
        folder = Path(name)
        for level in LEVELS:
            print(f"compiling for {level} ...", flush=True)
            # Numba shows no text of a loop that comes from its cache
            around = os.environ | {
                "ESTATE_CACHE_DIR": str(folder / level),
                "NUMBA_CPU_NAME": level,
                "NUMBA_CPU_FEATURES": "",
            }
            command = [sys.executable, __file__, "--level", level, "--folder", str(folder)]
            if subprocess.run(command, env=around, check=False).returncode:
                return 1
        told = [json.loads((folder / f"{level}.json").read_text(encoding="utf-8")) for level in LEVELS]
        if any(one != told[0] for one in told):
            raise SystemExit("the levels disagree about the types of the loops")
        objects = {level: (folder / f"{level}.o.z").read_bytes() for level in LEVELS}
        for level, data in objects.items():
            (FOLDER / f"{level}.o.z").write_bytes(data)
        hashes = {level: hashlib.sha256(data).hexdigest() for level, data in objects.items()}
        _write(target, head | {"levels": hashes, "kernels": told[0]["kernels"]})
    print(f"{sum(map(len, objects.values())) // 1000} kB in {FOLDER.relative_to(ROOT)}")
    return 0


def _write(target: Path, said: dict[str, Any]) -> None:
    target.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
