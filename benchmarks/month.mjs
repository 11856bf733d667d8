// The months of a city by WebAssembly kernels: node month.mjs FOLDER; reads plan.json, start.bin and month.wasm, writes wasm.bin.
// Called by other_processors.py. Addresses have 64 bits.
import fs from 'fs';
import path from 'path';

const folder = process.argv[2], file = name => path.join(folder, name);
const plan = JSON.parse(fs.readFileSync(file('plan.json')));
const start = fs.readFileSync(file('start.bin'));
const module = new WebAssembly.Module(fs.readFileSync(file('month.wasm')));
const memory = new WebAssembly.Memory({ initial: Math.ceil((start.length + 64e6) / 65536), index: 'i64' });
const view = new DataView(memory.buffer), bytes = new Uint8Array(memory.buffer);
let free = 0;

function allocate(size) { // what Numba's runtime gives for a temporary array: five words, of which the fourth points to the data
  const info = (free + 63) & ~63, data = info + 64;
  free = data + Number(size);
  view.setBigInt64(info + 24, BigInt(data), true);
  return BigInt(info);
}

const double = new Float64Array(1), word = new BigUint64Array(double.buffer);
function frexp(x, address) {
  const exponent = Number(address);
  if (x === 0 || !Number.isFinite(x)) { view.setInt32(exponent, 0, true); return x; }
  double[0] = x;
  let e = Number((word[0] >> 52n) & 0x7ffn);
  if (e === 0) { double[0] = x * 2 ** 54; e = Number((word[0] >> 52n) & 0x7ffn) - 54; }
  word[0] = (word[0] & ~(0x7ffn << 52n)) | (1022n << 52n);
  view.setInt32(exponent, e - 1022, true);
  return double[0];
}

function multiply(address, aLow, aHigh, bLow, bHigh) { // a product of 128 bits
  const wide = (low, high) => (BigInt.asUintN(64, high) << 64n) | BigInt.asUintN(64, low);
  const product = BigInt.asUintN(128, wide(aLow, aHigh) * wide(bLow, bHigh));
  const place = Number(address);
  view.setBigUint64(place, BigInt.asUintN(64, product), true);
  view.setBigUint64(place + 8, product >> 64n, true);
}

const have = { memory, numba_frexp: frexp, NRT_MemInfo_alloc_aligned: allocate, __multi3: multiply };
const env = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) =>
  [name, have[name] ?? (() => { throw new Error('not provided: ' + name); })]));
const { exports } = new WebAssembly.Instance(module, { env });
const base = (Number(exports.__heap_base.value) + 4095) & ~4095, state = base + 4096;
const places = values => values.flatMap(v => 'integer' in v ? [BigInt(v.integer)]
  : [0n, 0n, BigInt(v.size), BigInt(v.itemsize), BigInt(state + plan.arrays[v.array].begin), ...v.shape.map(BigInt), ...v.strides.map(BigInt)]);
const calls = plan.calls.map(([name, values]) => [name, exports[plan.names[name]], [BigInt(base), BigInt(base + 64), ...places(values)]]);

bytes.set(start, state);
for (let month = 0; month < plan.months; month++) {
  for (const [name, kernel, values] of calls) {
    free = state + start.length + 4096;
    if (kernel(...values)) throw new Error(`${name} raised`);
  }
  const flows = plan.arrays[plan.flows];
  bytes.fill(0, state + flows.begin, state + flows.begin + flows.bytes);
}
fs.writeFileSync(file('wasm.bin'), bytes.slice(state, state + start.length));
