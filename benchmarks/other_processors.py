"""The digest of one city's months on x86-64, on aarch64 and in WebAssembly: python
benchmarks/other_processors.py [--months N]

The compiled rules are plain functions over arrays, so that the text which Numba makes of them can be
translated for another processor. From one start the months are simulated four times, without programmes: as
everywhere on this computer; compiled for any x86-64; as an aarch64 program under an emulator; as a
WebAssembly module in Node. The digest is over every array of the state. Exit code 1 if one differs. Needs
Debian's `gcc-aarch64-linux-gnu` and `qemu-user`, `lld` and `nodejs`; what is missing is said and left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve()
SCENARIO = "small_city"
ARM = "aarch64-unknown-linux-gnu"
# With addresses of 64 bits: where the text reaches into a tuple of arrays it counts on their size.
WASM = "wasm64-unknown-unknown"
WASM_LAYOUT = "e-m:e-p:64:64-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"
WASM_FEATURES = "+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext,+mutable-globals"
ARM_TOOLS = ("aarch64-linux-gnu-gcc", "qemu-aarch64")
WASM_TOOLS = ("wasm-ld", "node")
# Numba's own: twice half the power, so that the power of no half leaves the range of a double.
LDEXP = f"""
target datalayout = "{WASM_LAYOUT}"
target triple = "{WASM}"
define double @numba_ldexp(double %x, i32 %k) alwaysinline {{
  %h = sdiv i32 %k, 2
  %g = sub i32 %k, %h
  %h1 = add i32 %h, 1023
  %g1 = add i32 %g, 1023
  %h2 = zext i32 %h1 to i64
  %g2 = zext i32 %g1 to i64
  %h3 = shl i64 %h2, 52
  %g3 = shl i64 %g2, 52
  %a = bitcast i64 %h3 to double
  %b = bitcast i64 %g3 to double
  %y = fmul double %x, %a
  %z = fmul double %y, %b
  ret double %z
}}
"""
# What a kernel asks of Numba's run time, as a program that has none gives it; a kernel that raises ends it.
DRIVER = """#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
typedef int64_t L; typedef void *V;
typedef struct {{ size_t references; V destructor, information, data; size_t size; }} Memory;
static char arena[1 << 26]; static size_t top;
V NRT_MemInfo_alloc_aligned(size_t n, unsigned a) {{ top = (top + 63) & ~63ul; Memory *m = (Memory *)(arena + top);
  m->references = 1; m->destructor = 0; m->data = arena + top + 64; m->size = n; top += 64 + n;
  if (top > sizeof arena) abort(); return m; }}
double numba_ldexp(double x, int k) {{ return ldexp(x, k); }}
double numba_frexp(double x, int *k) {{ return frexp(x, k); }}
V numba_unpickle(V a, int b, V c) {{ abort(); }}
V numba_runtime_build_excinfo_struct(V a, V b) {{ abort(); }}
void numba_do_raise(V a) {{ abort(); }}
{declared}
static char state[{size}] __attribute__((aligned(64))), result[256], raised[256];
int main(void) {{
  FILE *f = fopen("start.bin", "rb"); if (!f || fread(state, 1, {size}, f) != {size}) return 2; fclose(f);
  for (int month = 0; month < {months}; month++) {{ {called} memset(state + {flows_begin}, 0, {flows_bytes}); }}
  f = fopen("aarch64.bin", "wb"); if (!f || fwrite(state, 1, {size}, f) != {size}) return 3; return fclose(f);
}}
"""


# one city on this computer, in a process of its own: by which processor Numba compiles for is settled when it
# is imported


def simulate(folder: Path, months: int, texts: bool) -> None:
    """Write the start and the end of a city, and with `texts` what its kernels were compiled to."""
    sys.path.append(str(HERE.parents[1] / "bundle"))
    from kernels import without_python

    from sim.model.engine import Engine
    from sim.scenario import load

    with Engine(load(SCENARIO), threads=1, record=False) as city:
        clock, state = city.clockwork, city.state
        books, parameters, everything = state.books, state.parameters, (0, state.estates.size)
        calls: dict[str, tuple[Any, ...]] = {
            "open_month": (state.government, books.balances, books.flows, state.world, parameters),
            "bill": (state.estates, parameters, clock.bill_share),
            "payment_pass": (*everything, clock.bill_share, clock.prices, state.owners, state.buildings, state.estates, state.world, parameters),
            "serve_estates": (state.estates, state.companies, state.committees, state.claims, books.balances, books.flows, state.world,
                              state.government, parameters, clock.target, clock.solved_share),
            "owners_pass": (*everything, clock.bill_share, clock.solved_share, state.owners, state.buildings, state.estates, state.world,
                            parameters),
            "close_month": (state.estates, state.companies, state.committees, state.claims, state.owners, books.balances, clock.beliefs,
                            state.world, clock.events, clock.rings, *state.reports, parameters),
        }  # fmt: skip
        arrays: list[np.ndarray] = []
        plan = [
            [name, [one for value in values for one in _flat(value, arrays)]]
            for name, values in calls.items()
        ]
        places, end = [], 0
        for array in arrays:
            begin = (end + 31) // 32 * 32
            places.append({"begin": begin, "bytes": array.nbytes})
            end = begin + array.nbytes
        flows = _flat(books.flows, arrays)[0]["array"]
        _write(folder / "start.bin", arrays, places, end)
        _by_kernels(calls, months, books.flows)
        _write(folder / "end.bin", arrays, places, end)
    told = {"calls": plan, "arrays": places, "flows": flows, "months": months, "names": {}}
    if texts:
        for name in calls:
            compiler = _kernel(name).dispatcher
            compiled = compiler.overloads[compiler.signatures[0]]
            told["names"][name] = compiled.fndesc.llvm_func_name
            text = without_python(compiled.library.get_llvm_str())
            (folder / f"{name}.ll").write_text(text, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(told), encoding="utf-8")


def _kernel(name: str) -> Any:
    from sim.model.month import owner_passes, phases

    return getattr(phases, name, None) or getattr(owner_passes, name)


def _by_kernels(calls: dict[str, tuple[Any, ...]], months: int, flows: np.ndarray) -> None:
    """The months as `Clockwork` calls them where no programme is in force."""
    for _ in range(months):
        for name, values in calls.items():
            _kernel(name)(*values)
        flows[...] = 0


def _flat(value: Any, arrays: list[np.ndarray]) -> list[dict[str, Any]]:
    """One entry for each array or integer in an argument; `arrays` takes in those that are new."""
    if isinstance(value, np.ndarray):
        number = next((i for i, array in enumerate(arrays) if array is value), len(arrays))
        if number == len(arrays):
            arrays.append(value)
        shape = {"shape": value.shape, "strides": value.strides}
        return [{"array": number, "size": value.size, "itemsize": value.itemsize, **shape}]
    if isinstance(value, tuple):
        return [entry for part in value for entry in _flat(part, arrays)]
    return [{"integer": int(value)}]


def _write(file: Path, arrays: Sequence[np.ndarray], places: Sequence[dict[str, int]], end: int) -> None:
    blob = bytearray(end)
    for array, place in zip(arrays, places, strict=True):
        blob[place["begin"] : place["begin"] + place["bytes"]] = array.tobytes()
    file.write_bytes(blob)


# the same for another processor


def translated(text: str, layout: str, triple: str) -> str:
    """LLVM text for another processor: its layout, and no counting of references, since temporaries are
    dropped after each call."""
    text = re.sub(r"^target datalayout.*$", f'target datalayout = "{layout}"', text, flags=re.M)
    text = re.sub(r"^target triple.*$", f'target triple = "{triple}"', text, flags=re.M)
    text = re.sub(r'"(target-cpu|target-features|probe-stack)"="[^"]*"', "", text)
    text = re.sub(r"^define [^\n]*@NRT_.*?^}", "", text, flags=re.M | re.S)
    text = re.sub(r"^\s*(tail |musttail |notail )?call void @NRT_(incref|decref)\(.*$", "", text, flags=re.M)
    text = re.sub(r"^declare .*(NRT|x86).*$", "", text, flags=re.M)
    used = "NRT_MemInfo_alloc_aligned" in text
    return text + ("\ndeclare ptr @NRT_MemInfo_alloc_aligned(i64, i32)\n" if used else "")


def compiled_for(triple: str, features: str, layout: str, more: Sequence[str], texts: Sequence[str]) -> bytes:
    """An object file of all kernels for a processor."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(
        cpu="generic", features=features, opt=3, reloc="pic"
    )
    parts = [*more, *(translated(text, layout or str(machine.target_data), triple) for text in texts)]
    first, *others = [llvm.parse_assembly(part) for part in parts]
    for other in others:
        first.link_in(other)
    first.verify()
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(3))
    passes.getModulePassManager().run(first, passes)
    return bytes(machine.emit_object(first))


def on_arm(folder: Path, plan: dict[str, Any], texts: Sequence[str]) -> Path:
    """The months as an aarch64 program under an emulator; the file of the state that they end in."""
    (folder / "month.o").write_bytes(compiled_for(ARM, "", "", [], texts))
    declared, called = [], []
    for name, values in plan["calls"]:
        kinds, arguments = ["V", "V"], ["result", "raised"]
        for value in values:
            if "integer" in value:
                kinds.append("L")
                arguments.append(f"{value['integer']}L")
                continue
            kinds += ["V", "V", "L", "L", "V"]
            place = f"(V)(state + {plan['arrays'][value['array']]['begin']})"
            arguments += ["0", "0", f"{value['size']}L", f"{value['itemsize']}L", place]
            for number in (*value["shape"], *value["strides"]):
                kinds.append("L")
                arguments.append(f"{number}L")
        declared.append(f'int k_{name}({", ".join(kinds)}) __asm__("{plan["names"][name]}");')
        called.append(f"top = 0; if (k_{name}({', '.join(arguments)})) return 1;")
    flows = plan["arrays"][plan["flows"]]
    program = DRIVER.format(
        declared="\n".join(declared),
        called="\n".join(called),
        size=(folder / "start.bin").stat().st_size,
        months=plan["months"],
        flows_begin=flows["begin"],
        flows_bytes=flows["bytes"],
    )
    (folder / "drive.c").write_text(program, encoding="utf-8")
    build = ["aarch64-linux-gnu-gcc", "-O1", "-w", "-static", "-o", "drive", "drive.c", "month.o", "-lm"]
    subprocess.run(build, check=True, cwd=folder)
    subprocess.run(["qemu-aarch64", "./drive"], check=True, cwd=folder)
    return folder / "aarch64.bin"


def in_wasm(folder: Path, plan: dict[str, Any], texts: Sequence[str]) -> Path:
    """The months by WebAssembly in Node; the file of the state that they end in."""
    (folder / "month.wasm.o").write_bytes(compiled_for(WASM, WASM_FEATURES, WASM_LAYOUT, [LDEXP], texts))
    exported = [f"--export={name}" for name in ("__heap_base", *plan["names"].values())]
    link = [
        "wasm-ld",
        "-mwasm64",
        "--no-entry",
        "--allow-undefined",
        "--import-memory",
        "-z",
        "stack-size=1048576",
    ]
    subprocess.run([*link, *exported, "-o", "month.wasm", "month.wasm.o"], check=True, cwd=folder)
    subprocess.run(
        ["node", "--experimental-wasm-memory64", str(HERE.with_name("month.mjs")), str(folder)], check=True
    )
    return folder / "wasm.bin"


def digest_of(file: Path, plan: dict[str, Any]) -> str:
    """SHA-256 of every array of a state, without the gaps between them."""
    found, data = hashlib.sha256(), file.read_bytes()
    for place in plan["arrays"]:
        found.update(data[place["begin"] : place["begin"] + place["bytes"]])
    return found.hexdigest()


def digests(months: int, folder: Path) -> dict[str, str]:
    """The digest after so many months by what computed it; "" for what could not be tried here."""
    found: dict[str, str] = {}
    for name, processor in (("x86-64, this one", None), ("x86-64, any", "generic")):
        place = folder / name
        place.mkdir()
        # Numba shows no text of a kernel that comes from its cache
        around = os.environ | {"ESTATE_CACHE_DIR": str(folder / "cache")} if processor else dict(os.environ)
        around |= {"NUMBA_CPU_NAME": processor, "NUMBA_CPU_FEATURES": ""} if processor else {}
        command = [sys.executable, str(HERE), "--months", str(months), "--write", str(place)]
        subprocess.run([*command, *(["--texts"] if processor else [])], check=True, env=around)
        plan = json.loads((place / "plan.json").read_text(encoding="utf-8"))
        found[name] = digest_of(place / "end.bin", plan)
    texts = [(place / f"{name}.ll").read_text(encoding="utf-8") for name in plan["names"]]
    found["before month 1"] = digest_of(place / "start.bin", plan)
    for name, tools, tried in (("aarch64", ARM_TOOLS, on_arm), ("WebAssembly", WASM_TOOLS, in_wasm)):
        there = all(map(shutil.which, tools))
        found[name] = digest_of(tried(place, plan, texts), plan) if there else ""
    return found


def main() -> int:
    """Print the digests; the exit code is 1 if one differs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--texts", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.write:
        simulate(asked.write, asked.months, asked.texts)
        return 0
    with tempfile.TemporaryDirectory(prefix="estate-processors-") as folder:
        found = digests(asked.months, Path(folder))
    for name, one in found.items():
        print(f"{name:18} {one or 'not tried: ' + ', '.join((*ARM_TOOLS, *WASM_TOOLS)) + ' are needed'}")
    ends = {one for name, one in found.items() if one and name != "before month 1"}
    return 0 if len(ends) == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
