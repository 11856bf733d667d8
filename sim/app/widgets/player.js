// The estate map with its controls. Data come as one message; playing, stepping and colouring need no server.
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
const SPEEDS = [1, 6, 12, 30, 60];
const CHART_MILLISECONDS = 90; // charts follow the map about eleven times a second; more would only heat the machine
const PAUSE_MILLISECONDS = 600;

export default {
  template: `
  <div class="estate-player">
    <div class="estate-controls">
      <button type="button" class="estate-big" @click="toggle" :disabled="!head" :aria-pressed="playing"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path :d="playing ? 'M6 5h4v14H6zM14 5h4v14h-4z' : 'M7 5v14l11-7z'" fill="currentColor"/></svg> {{ playing ? words.pause : words.start }}</button>
      <button type="button" @click="jump(0)" :disabled="!head" :title="words.rewind" :aria-label="words.rewind"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M5 5h3v14H5zM20 5v14L9 12z" fill="currentColor"/></svg></button>
      <button type="button" @click="jump(month - 1)" :disabled="!head" :title="words.back" :aria-label="words.back"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M17 5v14L6 12z" fill="currentColor"/></svg></button>
      <button type="button" @click="jump(month + 1)" :disabled="!head" :title="words.forward" :aria-label="words.forward"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M7 5v14l11-7z" fill="currentColor"/></svg></button>
      <button type="button" @click="jump(last)" :disabled="!head" :title="words.end" :aria-label="words.end"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M16 5h3v14h-3zM4 5v14l11-7z" fill="currentColor"/></svg></button>
      <label>{{ words.month }} <input class="estate-number" type="number" min="0" :max="last" :value="month" :disabled="!head" @change="jump(+$event.target.value)"></label>
      <label>{{ words.speed }} <select v-model.number="speed"><option v-for="s in speeds" :value="s">{{ s }}</option></select></label>
      <label>{{ words.colour_by }} <select class="estate-layer" v-model="layer"><option v-for="l in layers" :value="l.name">{{ l.label[lang] }}</option></select></label>
    </div>
    <input class="estate-slider" type="range" min="0" :max="last" :value="month" :disabled="!head" :aria-label="words.month" @input="jump(+$event.target.value)">
    <div class="estate-now" :aria-live="playing ? 'off' : 'polite'">{{ words.of.replace("{month}", month).replace("{months}", last) }}<span v-if="head"> · {{ head.draw[lang] }}</span></div>
    <canvas ref="map" tabindex="0" role="application" :aria-label="words.map_label" :title="hover"
      @click="click" @mousemove="over" @mouseleave="hover = ''" @keydown="key"></canvas>
    <div class="estate-legend">
      <span v-for="entry in legend"><canvas width="22" height="22" :ref="el => swatch(el, entry)"></canvas> {{ entry.text }}</span>
    </div>
    <form class="estate-pick" @submit.prevent="tell(head ? head.numbers.indexOf(number) : -1)">
      <label>{{ words.estate }} <input class="estate-number" type="number" min="0" :max="head ? Math.max(...head.numbers) : 0" v-model.number="number" :disabled="!head"></label>
      <button type="submit" :disabled="!head">{{ words.tell }}</button>
    </form>
  </div>`,
  // `begin`: the month shown when a message has come (default: where the player stands)
  props: { source: String, lang: String, words: Object, charts: Object, begin: Number },
  emits: ["estate"],
  data() {
    // a player is made anew when the language changes; it goes on where the one before it stood
    const before = window.estatePlayer || { month: 0, speed: 12, layer: "stage" };
    return { head: null, ...before, playing: false, speeds: SPEEDS, hover: "", number: 0, counts: [] };
  },
  computed: {
    last() { return this.head ? this.head.months : 0; },
    layers() { return this.head ? this.head.layers : []; },
    shown() { return this.layers.find((l) => l.name === this.layer); },
    legend() {
      const about = this.shown;
      if (!about) return [];
      if (about.kind === "codes") return about.entries.map((e, code) => ({ ...e, text: `${e.label[this.lang]} ${this.counts[code] || 0}` }));
      const text = (x) => (about.unit === "share" ? Math.round(100 * x) + "%" : Math.round(x));
      const steps = [0, 0.25, 0.5, 0.75, 1].map((x) => ({ colour: this.measured(254 * x), pattern: "plain", text: text(about.low + x * (about.high - about.low)) }));
      return [...steps, { colour: "#ffffff", pattern: "absent", text: this.words.no_figure }];
    },
  },
  watch: {
    source() { this.load(); },
    layer() { this.draw(); },
    lang() { this.$nextTick(() => this.draw()); },
  },
  mounted() {
    this.resizer = new ResizeObserver(() => this.place());
    this.resizer.observe(this.$el);
    window.addEventListener("estate-font", this.refont);
    this.load();
  },
  beforeUnmount() {
    cancelAnimationFrame(this.animation);
    clearTimeout(this.retry);
    this.resizer.disconnect();
    window.removeEventListener("estate-font", this.refont);
  },
  methods: {
    // a machine without Chinese fonts gets one from the server; what was drawn before it came is drawn again
    refont() { this.draw(); },
    async load() {
      const source = this.source;
      clearTimeout(this.retry);
      if (!source) return;
      let bytes;
      try {
        const answer = await fetch(source);
        if (!answer.ok) throw new Error(answer.status);
        bytes = await answer.arrayBuffer();
      } catch (error) {
        this.retry = setTimeout(() => this.load(), 2000); // the room's network may be back soon
        return;
      }
      if (source !== this.source) return; // a later run was faster
      const length = new DataView(bytes).getUint32(0, true);
      const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
      const size = (head.months + 1) * head.estates;
      this.values = {};
      head.layers.forEach((about, i) => { this.values[about.name] = new Uint8Array(bytes, 4 + length + i * size, size); });
      this.head = Object.freeze(head);
      this.month = Math.min(this.begin ?? this.month, head.months);
      this.fresh = true;
      await this.$nextTick();
      this.place();
      this.drawCharts(true);
      this.$el.dataset.loaded = source;
    },
    toggle() {
      if (this.playing) this.stop();
      // who presses pause just as the last month is reached does not mean "from the beginning"
      else if (performance.now() - (this.ended || -1e9) > PAUSE_MILLISECONDS) this.start();
    },
    start() {
      if (!this.head) return;
      if (this.month >= this.last) this.month = 0;
      this.playing = true;
      this.from = null;
      this.animation = requestAnimationFrame(this.tick);
    },
    stop() {
      this.playing = false;
      cancelAnimationFrame(this.animation);
      this.drawCharts(true);
    },
    tick(now) {
      if (!this.playing) return;
      if (this.from === null || this.fromSpeed !== this.speed) { this.from = now; this.fromMonth = this.month; this.fromSpeed = this.speed; }
      const month = Math.min(this.last, this.fromMonth + Math.floor(((now - this.from) / 1000) * this.speed));
      if (month !== this.month) { this.month = month; this.draw(); this.drawCharts(false); }
      if (month >= this.last) { this.ended = now; return this.stop(); }
      this.animation = requestAnimationFrame(this.tick);
    },
    jump(month) {
      if (!this.head || !Number.isFinite(month)) return;
      this.ended = 0;
      this.month = Math.max(0, Math.min(this.last, Math.round(month)));
      this.from = null;
      this.draw();
      this.drawCharts(!this.playing);
    },
    key(event) {
      if (event.repeat && event.key === " ") return event.preventDefault(); // a key held down is pressed once
      const moves = { ArrowLeft: this.month - 1, ArrowRight: this.month + 1, Home: 0, End: this.last, PageUp: this.month - 12, PageDown: this.month + 12 };
      if (event.key === " ") this.toggle();
      else if (event.key in moves) this.jump(moves[event.key]);
      else return;
      event.preventDefault();
    },
    // where each estate's square stands: one block for each type, in rows as wide as the page allows
    place() {
      const canvas = this.$refs.map;
      if (!this.head || !canvas) return;
      const width = Math.max(240, this.$el.clientWidth), count = this.head.estates;
      const side = Math.max(10, Math.min(34, Math.floor(Math.sqrt((width * Math.min(460, width)) / (count * 1.25)))));
      const columns = Math.floor(width / side);
      this.squares = []; this.titles = [];
      let y = 0;
      for (const group of this.head.groups) {
        this.titles.push({ y, label: group.label, count: group.estates.length });
        y += 20;
        group.estates.forEach((estate, i) => { this.squares[estate] = { x: (i % columns) * side, y: y + Math.floor(i / columns) * side }; });
        y += Math.ceil(group.estates.length / columns) * side + 6;
      }
      this.side = side;
      const ratio = window.devicePixelRatio || 1;
      canvas.width = width * ratio; canvas.height = y * ratio;
      canvas.style.height = y + "px";
      this.draw();
    },
    draw() {
      const canvas = this.$refs.map, about = this.shown;
      if (!this.head || !canvas || !about || !this.squares) return;
      window.estatePlayer = { month: this.month, speed: this.speed, layer: this.layer };
      const pen = canvas.getContext("2d"), ratio = window.devicePixelRatio || 1, side = this.side;
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.font = "13px system-ui, 'Estate Sans', sans-serif"; pen.fillStyle = "#222"; pen.textBaseline = "top";
      for (const title of this.titles) pen.fillText(`${title.label[this.lang]} (${title.count})`, 0, title.y + 3);
      const row = this.values[about.name].subarray(this.month * this.head.estates, (this.month + 1) * this.head.estates);
      const counts = [];
      for (let e = 0; e < row.length; e++) {
        const value = row[e], spot = this.squares[e];
        const look = about.kind === "codes" ? about.entries[value] : value === 255 ? { colour: "#ffffff", pattern: "absent" } : { colour: this.measured(value), pattern: "plain" };
        counts[value] = (counts[value] || 0) + 1;
        this.square(pen, spot.x, spot.y, side - 1, look);
      }
      if (about.kind === "codes") this.counts = counts;
      if (this.chosen !== undefined && this.squares[this.chosen]) {
        const spot = this.squares[this.chosen];
        pen.strokeStyle = "#000"; pen.lineWidth = 3; pen.strokeRect(spot.x + 1, spot.y + 1, side - 3, side - 3);
      }
    },
    square(pen, x, y, size, look) {
      pen.fillStyle = look.colour;
      pen.fillRect(x, y, size, size);
      pen.strokeStyle = look.pattern === "absent" ? "#999" : "rgba(255,255,255,.85)";
      pen.fillStyle = pen.strokeStyle;
      pen.lineWidth = Math.max(1, size / 12);
      pen.beginPath();
      if (look.pattern === "stripes") { pen.moveTo(x, y + size * 0.66); pen.lineTo(x + size * 0.66, y); pen.moveTo(x + size * 0.34, y + size); pen.lineTo(x + size, y + size * 0.34); }
      if (look.pattern === "crosses") { pen.moveTo(x + 2, y + 2); pen.lineTo(x + size - 2, y + size - 2); pen.moveTo(x + size - 2, y + 2); pen.lineTo(x + 2, y + size - 2); }
      if (look.pattern === "absent") { pen.rect(x + 0.5, y + 0.5, size - 1, size - 1); pen.moveTo(x, y + size); pen.lineTo(x + size, y); }
      pen.stroke();
      if (look.pattern === "dots") { pen.beginPath(); pen.arc(x + size / 2, y + size / 2, size / 5, 0, 7); pen.fill(); }
    },
    measured(value) {
      const at = (value / 254) * (CIVIDIS.length - 1), low = Math.min(CIVIDIS.length - 2, Math.floor(at)), part = at - low;
      const mix = (i) => Math.round(parseInt(CIVIDIS[low].slice(i, i + 2), 16) * (1 - part) + parseInt(CIVIDIS[low + 1].slice(i, i + 2), 16) * part);
      return `rgb(${mix(1)},${mix(3)},${mix(5)})`;
    },
    swatch(canvas, entry) {
      if (canvas) this.square(canvas.getContext("2d"), 0, 0, 22, entry);
    },
    found(event) {
      if (!this.squares) return -1;
      const box = this.$refs.map.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      return this.squares.findIndex((s) => x >= s.x && x < s.x + this.side && y >= s.y && y < s.y + this.side);
    },
    over(event) {
      const estate = this.found(event), about = this.shown;
      if (estate < 0) { this.hover = ""; return; }
      const value = this.values[about.name][this.month * this.head.estates + estate];
      let text = this.words.no_figure;
      if (about.kind === "codes") text = about.entries[value].label[this.lang];
      else if (value !== 255) {
        const real = about.low + (value / 254) * (about.high - about.low);
        text = about.unit === "share" ? Math.round(100 * real) + "%" : Math.round(real);
      }
      this.hover = this.words.hover.replace("{estate}", this.head.numbers[estate]).replace("{what}", about.label[this.lang]).replace("{value}", text);
    },
    click(event) {
      const estate = this.found(event);
      if (estate >= 0) { this.number = this.head.numbers[estate]; this.tell(estate); }
    },
    tell(estate) {
      if (!this.head || !Number.isInteger(estate) || estate < 0 || estate >= this.head.estates) return;
      this.chosen = estate;
      this.draw();
      this.$emit("estate", estate);
    },
    drawCharts(always) {
      const now = performance.now();
      if (!this.head || (!always && now - (this.charted || 0) < CHART_MILLISECONDS)) return;
      this.charted = now;
      let missing = false;
      for (const [name, id] of Object.entries(this.charts)) {
        const element = getElement(id), chart = element && element.chart;
        if (!chart) { missing = true; continue; }
        const change = { series: this.head.lines[name].map((line, i) => ({ id: name + i, data: line.slice(0, this.month + 1).map((value, m) => [m, value]) })) };
        if (this.fresh) {
          // a chart that is saved says by itself which draw it shows: on a line of its own, since a long name
          // leaves no room for it in a narrow chart
          change.title = { subtext: this.head.draw[this.lang] };
          const flat = this.head.lines[name].flat().filter((x) => x !== null);
          change.xAxis = { max: this.head.months, interval: this.head.months > 60 ? 24 : this.head.months > 12 ? 12 : 1 };
          if (name === "money") change.yAxis = { max: Number((Math.max(0.1, ...flat) * 1.05).toPrecision(2)) };
        }
        chart.setOption(change, { lazyUpdate: true });
      }
      if (missing) setTimeout(() => this.drawCharts(true), 150); // a chart that is not there yet
      else this.fresh = false;
    },
  },
};
