// The bifurcation diagram with a handle to drag, and beside it the way of a small city. All drawing happens here; the server
// is asked only when the handle is let go.
const MONTHS_A_SECOND = 24;
const WIDE = 720; // pixels from which the two plots stand beside each other

export default {
  template: `
  <div class="estate-trap">
    <div class="estate-trap-inputs">
      <label>{{ words.start }} <input type="range" min="0" max="100" step="1" :value="percent" @input="set(at, $event.target.value / 100)" @change="commit">
        <input class="estate-number estate-start" type="number" min="0" max="100" step="1" :value="percent" @change="typed($event, 'start')"> %</label>
      <label>{{ words.lever }} <input type="range" :min="low" :max="high" :step="step" :value="at" @input="set(+$event.target.value, start)" @change="commit">
        <input class="estate-number estate-at" type="number" :min="low" :max="high" step="any" :value="rounded(at)" @change="typed($event, 'at')"></label>
      <button type="button" class="estate-again" @click="replay" :disabled="!way.length">{{ words.again }}</button>
    </div>
    <p class="estate-trap-says" role="status" :aria-live="playing ? 'off' : 'polite'"><strong>{{ predicted }}</strong><br>{{ observed || '\\u00a0' }}</p>
    <svg ref="svg" :width="width" :height="height" :viewBox="'0 0 ' + width + ' ' + height" role="group" :aria-label="words.diagram">
      <defs><clipPath :id="'inside' + serial"><rect :x="map.x" :y="map.y" :width="map.w" :height="map.h"/></clipPath></defs>
      <g :clip-path="'url(#inside' + serial + ')'">
        <rect v-for="area in areas" :x="area.x" :y="area.y" :width="area.w + 0.5" :height="area.h" :fill="area.rises ? '#d9e9f5' : '#fbe4d5'"/>
        <text v-for="arrow in arrows" :x="arrow.x" :y="arrow.y" text-anchor="middle" dominant-baseline="central" font-size="18" :fill="arrow.rises ? '#0b4a78' : '#9c3d00'">{{ arrow.rises ? '↑' : '↓' }}</text>
        <polyline v-for="line in lines.stable" :points="path(line)" fill="none" stroke="#0072B2" stroke-width="3.5"/>
        <polyline v-for="line in lines.tipping" :points="path(line)" fill="none" stroke="#B84A00" stroke-width="3" stroke-dasharray="8 5"/>
      </g>
      <g>
        <g v-for="point in agents">
          <template v-for="rate in point.rates">
            <circle v-if="point.settled" :cx="x(point.value)" :cy="y(rate)" r="5" fill="#fff" stroke="#0072B2" stroke-width="2"/>
            <path v-else :d="cross(x(point.value), y(rate))" stroke="#666" stroke-width="1.8"/>
          </template>
          <g v-if="point.tipping">
            <line :x1="x(point.value)" :x2="x(point.value)" :y1="y(point.tipping[1])" :y2="y(point.tipping[2])" stroke="#B84A00" stroke-width="2"/>
            <path :d="diamond(x(point.value), y(point.tipping[0]))" fill="#fff" stroke="#B84A00" stroke-width="2"/>
          </g>
        </g>
      </g>
      <rect class="estate-trap-area" :x="map.x" :y="map.y" :width="map.w" :height="map.h" fill="transparent" stroke="#444" @pointerdown="press" @click="tap"/>
      <g v-for="tick in ticks"><line :x1="x(tick)" :x2="x(tick)" :y1="map.y + map.h" :y2="map.y + map.h + 5" stroke="#444"/>
        <text :x="x(tick)" :y="map.y + map.h + 20" text-anchor="middle" font-size="13">{{ rounded(tick) }}</text></g>
      <text :x="map.x + map.w / 2" :y="map.y + map.h + 40" text-anchor="middle" font-size="14">{{ words.axis }}</text>
      <g v-for="plot in [map, time]"><g v-for="rate in [0, 0.25, 0.5, 0.75, 1]"><line :x1="plot.x - 5" :x2="plot.x" :y1="plot.y + plot.h * (1 - rate)" :y2="plot.y + plot.h * (1 - rate)" stroke="#444"/>
        <text :x="plot.x - 8" :y="plot.y + plot.h * (1 - rate)" text-anchor="end" dominant-baseline="central" font-size="13">{{ 100 * rate }}%</text></g>
        <text :x="plot.x - 44" :y="plot.y - 12" font-size="14">{{ words.collection }}</text></g>
      <g pointer-events="none">
        <line :x1="map.x" :x2="map.x + map.w" :y1="y(start)" :y2="y(start)" stroke="#111" stroke-width="1" stroke-dasharray="2 3"/>
        <line :x1="x(at)" :x2="x(at)" :y1="map.y" :y2="map.y + map.h" stroke="#111" stroke-width="1" stroke-dasharray="2 3"/>
        <line v-if="now" :x1="x(at)" :x2="x(at)" :y1="y(start)" :y2="y(now)" stroke="#111" stroke-width="5"/>
        <circle v-for="(rate, e) in swarm" :cx="x(at) + spread(e)" :cy="y(rate)" r="3.5" fill="#111" fill-opacity="0.55"/>
      </g>
      <g class="estate-handle" tabindex="0" role="slider" :aria-label="words.handle" aria-valuemin="0" aria-valuemax="100" :aria-valuenow="percent"
        :aria-valuetext="spoken" @pointerdown="press" @touchstart.prevent @keydown="key" style="cursor: grab">
        <circle :cx="x(at)" :cy="y(start)" r="26" fill="transparent"/>
        <circle :cx="x(at)" :cy="y(start)" r="13" fill="#F0E442" stroke="#111" stroke-width="3"/>
        <path :d="grip" stroke="#111" stroke-width="2" fill="none" style="pointer-events: none"/>
      </g>
      <rect :x="time.x" :y="time.y" :width="time.w" :height="time.h" fill="#fff" stroke="#444"/>
      <line v-for="point in here" :x1="time.x" :x2="time.x + time.w" :y1="ty(point[0])" :y2="ty(point[0])" :stroke="point[1] ? '#0072B2' : '#B84A00'" stroke-width="2.5" :stroke-dasharray="point[1] ? '' : '8 5'"/>
      <polyline v-for="line in ways" :points="line" fill="none" stroke="#777" stroke-opacity="0.5" stroke-width="1"/>
      <polyline :points="middle" fill="none" stroke="#111" stroke-width="3.5"/>
      <g v-for="month in timeTicks"><line :x1="tx(month)" :x2="tx(month)" :y1="time.y + time.h" :y2="time.y + time.h + 5" stroke="#444"/>
        <text :x="tx(month)" :y="time.y + time.h + 20" text-anchor="middle" font-size="13">{{ month }}</text></g>
      <text :x="time.x + time.w / 2" :y="time.y + time.h + 40" text-anchor="middle" font-size="14">{{ words.month }}</text>
    </svg>
    <ul class="estate-trap-legend">
      <li><svg width="34" height="14"><line x1="0" x2="34" y1="7" y2="7" stroke="#0072B2" stroke-width="3.5"/></svg> {{ words.stable }}</li>
      <li><svg width="34" height="14"><line x1="0" x2="34" y1="7" y2="7" stroke="#B84A00" stroke-width="3" stroke-dasharray="8 5"/></svg> {{ words.tipping }}</li>
      <li><svg width="34" height="14"><circle cx="17" cy="7" r="5" fill="#fff" stroke="#0072B2" stroke-width="2"/></svg> {{ words.settle }}</li>
      <li><svg width="34" height="14"><path d="M17 1l6 6l-6 6l-6 -6z" fill="#fff" stroke="#B84A00" stroke-width="2"/></svg> {{ words.tip }}</li>
      <li><svg width="34" height="14"><path d="M12 2l10 10M22 2l-10 10" stroke="#666" stroke-width="1.8"/></svg> {{ words.moving }}</li>
      <li><svg width="34" height="14"><line x1="0" x2="34" y1="7" y2="7" stroke="#111" stroke-width="3.5"/></svg> {{ words.mean }}</li>
    </ul>
  </div>`,
  // `place` is where the handle is at first; after that it belongs to whoever drags it
  props: { low: Number, high: Number, place: Object, curve: Array, lines: Object, agents: Array, way: Array, turn: Number, words: Object },
  emits: ["moved"],
  data() {
    return { at: this.place.at, start: this.place.start, width: 800, month: 0, playing: false, serial: Math.floor(1e9 * Math.random()) };
  },
  computed: {
    step() { return (this.high - this.low) / 100; },
    percent() { return Math.round(100 * this.start); },
    beside() { return this.width >= WIDE; },
    size() { return this.beside ? 400 : Math.min(360, Math.max(260, this.width * 0.8)); },
    height() { return this.beside ? this.size + 90 : 2 * (this.size + 90); },
    map() { return { x: 52, y: 32, w: (this.beside ? this.width * 0.54 : this.width) - 66, h: this.size }; },
    time() {
      const left = this.beside ? this.width * 0.54 + 52 : 52;
      return { x: left, y: this.beside ? 32 : this.size + 122, w: this.width - left - 14, h: this.size };
    },
    ticks() { return [0, 1, 2, 3, 4].map((i) => this.low + (i / 4) * (this.high - this.low)); },
    last() { return this.way.length; },
    timeTicks() { const last = this.last || 120; return [0, 1, 2, 3, 4].map((i) => Math.round((i / 4) * last)); },
    areas() {
      const found = [];
      this.curve.forEach(([value, points], i) => {
        const left = i ? (this.curve[i - 1][0] + value) / 2 : this.low, right = i + 1 < this.curve.length ? (value + this.curve[i + 1][0]) / 2 : this.high;
        for (const span of this.spans(points)) found.push({ x: this.x(left), w: this.x(right) - this.x(left), y: this.y(span.high), h: this.y(span.low) - this.y(span.high), rises: span.rises });
      });
      return found;
    },
    arrows() {
      const found = [], every = Math.max(1, Math.round(this.curve.length / 7));
      this.curve.forEach(([value, points], i) => {
        if (i % every !== Math.floor(every / 2)) return;
        for (const span of this.spans(points)) if (span.high - span.low > 0.09) found.push({ x: this.x(value), y: this.y((span.low + span.high) / 2), rises: span.rises });
      });
      return found;
    },
    here() {
      let best = null;
      for (const one of this.curve) if (!best || Math.abs(one[0] - this.at) < Math.abs(best[0] - this.at)) best = one;
      return best ? best[1] : [];
    },
    aim() {
      const span = this.spans(this.here).find((one) => this.start >= one.low && this.start <= one.high);
      return span ? (span.rises ? span.high : span.low) : null;
    },
    predicted() {
      if (!this.here.length || this.aim === null) return this.words.computing;
      const text = Math.abs(this.aim - this.start) < 0.015 ? this.words.stays : this.aim > this.start ? this.words.rises : this.words.falls;
      return text.replace("{start}", this.percent).replace("{end}", Math.round(100 * this.aim));
    },
    means() { return this.way.map((row) => row.reduce((sum, rate) => sum + rate, 0) / row.length / 1000); },
    now() { return this.month ? this.means[this.month - 1] : 0; },
    swarm() { return this.month ? this.way[this.month - 1].map((rate) => rate / 1000) : []; },
    middle() { return this.line(this.means); },
    ways() { return this.month ? this.way[0].map((_, e) => this.line(this.way.map((row) => row[e] / 1000))) : []; },
    observed() {
      if (!this.month) return "";
      const tipping = this.here.find((point) => !point[1]), end = this.swarm;
      const text = tipping ? this.words.seen_tipping : this.words.seen;
      return text.replace("{month}", this.month).replace("{end}", Math.round(100 * this.now)).replace("{estates}", end.length)
        .replace("{above}", tipping ? end.filter((rate) => rate > tipping[0]).length : 0);
    },
    spoken() { return this.words.spoken.replace("{start}", this.percent).replace("{at}", this.rounded(this.at)); },
    grip() { const x = this.x(this.at), y = this.y(this.start); return `M${x - 6} ${y}h12M${x} ${y - 6}v12`; },
  },
  watch: {
    turn() { this.replay(); },
  },
  mounted() {
    this.resizer = new ResizeObserver(() => { this.width = Math.max(280, this.$el.clientWidth); });
    this.resizer.observe(this.$el);
    if (this.way.length) this.month = this.way.length; // a diagram made anew, in another language
  },
  beforeUnmount() {
    cancelAnimationFrame(this.animation);
    this.resizer.disconnect();
    this.release();
  },
  methods: {
    x(value) { return this.map.x + ((value - this.low) / (this.high - this.low)) * this.map.w; },
    y(rate) { return this.map.y + (1 - rate) * this.map.h; },
    tx(month) { return this.time.x + (month / (this.last || 120)) * this.time.w; },
    ty(rate) { return this.time.y + (1 - rate) * this.time.h; },
    path(line) { return line.map(([value, rate]) => this.x(value) + "," + this.y(rate)).join(" "); },
    line(rates) { return [this.start, ...rates].slice(0, this.month ? this.month + 1 : 0).map((rate, m) => this.tx(m).toFixed(1) + "," + this.ty(rate).toFixed(1)).join(" "); },
    spread(estate) { return ((estate * 7) % 24) - 11.5; },
    cross(x, y) { return `M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`; },
    diamond(x, y) { return `M${x} ${y - 6}l6 6l-6 6l-6 -6z`; },
    rounded(value) { return Number(value.toPrecision(3)); },
    // where collection rises and where it falls: towards stable points, away from tipping points
    spans(points) {
      const found = [];
      points.forEach(([rate, stable], i) => {
        if (!i) found.push({ low: 0, high: rate, rises: stable });
        found.push({ low: rate, high: i + 1 < points.length ? points[i + 1][0] : 1, rises: !stable });
      });
      return found;
    },
    clear() { this.playing = false; cancelAnimationFrame(this.animation); this.month = 0; },
    set(at, start) {
      if (!Number.isFinite(at) || !Number.isFinite(start)) return;
      this.at = Math.min(this.high, Math.max(this.low, at));
      this.start = Math.min(1, Math.max(0, start));
      this.clear();
    },
    commit() { this.$emit("moved", { at: this.rounded(this.at), start: Math.round(1000 * this.start) / 1000 }); },
    typed(event, which) {
      const value = parseFloat(event.target.value);
      if (Number.isFinite(value)) this.set(which === "at" ? value : this.at, which === "start" ? value / 100 : this.start);
      event.target.value = which === "at" ? this.rounded(this.at) : this.percent; // what was outside is put back inside
      this.commit();
    },
    follow(event) {
      const box = this.$refs.svg.getBoundingClientRect();
      const x = event.clientX - box.left, y = event.clientY - box.top;
      this.set(this.low + ((x - this.map.x) / this.map.w) * (this.high - this.low), 1 - (y - this.map.y) / this.map.h);
    },
    // a finger on the plane scrolls the page, and a tap moves the handle; a finger on the handle drags it
    press(event) {
      if (event.button || (event.pointerType !== "mouse" && event.currentTarget.tagName === "rect")) return;
      event.preventDefault();
      this.$el.querySelector(".estate-handle").focus({ preventScroll: true });
      this.held = (move) => this.follow(move);
      this.let_go = () => { this.release(); this.commit(); };
      window.addEventListener("pointermove", this.held);
      window.addEventListener("pointerup", this.let_go);
      window.addEventListener("pointercancel", this.let_go);
      this.follow(event);
    },
    release() {
      if (!this.held) return;
      window.removeEventListener("pointermove", this.held);
      window.removeEventListener("pointerup", this.let_go);
      window.removeEventListener("pointercancel", this.let_go);
      this.held = null;
    },
    tap(event) {
      if (event.pointerType === "mouse") return; // dragged already
      this.follow(event);
      this.commit();
    },
    key(event) {
      const small = event.shiftKey ? 5 : 1, wide = small * this.step;
      const moves = { ArrowLeft: [-wide, 0], ArrowRight: [wide, 0], ArrowUp: [0, 0.01 * small], ArrowDown: [0, -0.01 * small], PageUp: [0, 0.1], PageDown: [0, -0.1] };
      if (event.key in moves) this.set(this.at + moves[event.key][0], this.start + moves[event.key][1]);
      else if (event.key !== "Enter") return;
      event.preventDefault();
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.commit(), 350); // when the key is no longer pressed again and again
    },
    replay() {
      this.clear();
      if (!this.way.length) return;
      if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) { this.month = this.last; return; }
      this.playing = true;
      this.from = null;
      this.animation = requestAnimationFrame(this.tick);
    },
    tick(now) {
      if (!this.playing) return;
      this.from ??= now;
      this.month = Math.min(this.last, 1 + Math.floor(((now - this.from) / 1000) * MONTHS_A_SECOND));
      if (this.month >= this.last) { this.playing = false; return; }
      this.animation = requestAnimationFrame(this.tick);
    },
  },
};
