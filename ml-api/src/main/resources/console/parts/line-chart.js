import { html, LitElement } from 'lit';
import uPlot from 'uplot';

const HEIGHT = 240;
const COLOURS = ['--accent', '--good', '--warn', '--bad', '--soft'];

/**
 * Curves over steps. Colours are those of the page, and follow it into the dark.
 *
 * `series` is a list of `{name, points: [x, y][]}`; `unit` names the x axis.
 */
class LineChart extends LitElement {
  static properties = { series: { attribute: false }, label: {}, unit: {} };

  constructor() {
    super();
    /** @type {{name: string, points: [number, number][]}[]} */
    this.series = [];
    this.label = '';
    this.unit = 'step';
    /** @type {any} */
    this.plot = null;
    this.dark = matchMedia('(prefers-color-scheme: dark)');
    this.redraw = () => this.draw();
    this.watcher = new ResizeObserver(() => this.plot?.setSize({ width: this.offsetWidth, height: HEIGHT }));
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.dark.addEventListener('change', this.redraw);
    this.watcher.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.dark.removeEventListener('change', this.redraw);
    this.watcher.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  render() {
    const said = this.series.map((s) => `${s.name}: ${s.points.length} points, last ${s.points.at(-1)?.[1]}`).join('; ');
    return html`<div class="chart" role="img" aria-label="${this.label}. ${said}"></div>`;
  }

  updated() {
    this.draw();
  }

  draw() {
    const box = this.querySelector('.chart');
    if (!box) return;
    this.plot?.destroy();
    const style = getComputedStyle(this);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const xs = [...new Set(this.series.flatMap((s) => s.points.map(([x]) => x)))].sort((a, b) => a - b);
    const rows = this.series.map((s) => {
      const known = new Map(s.points);
      return xs.map((x) => known.get(x) ?? null);
    });
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
    this.plot = new uPlot(
      {
        width: this.offsetWidth || 600,
        height: HEIGHT,
        scales: { x: { time: false } },
        cursor: { y: false },
        series: [
          { label: this.unit },
          ...this.series.map((s, i) => ({ label: s.name, stroke: colour(COLOURS[i % COLOURS.length]), width: 2, spanGaps: true, points: { show: xs.length < 40 } })),
        ],
        axes: [axis, { ...axis, size: 64 }],
      },
      [xs, ...rows],
      box,
    );
  }
}

customElements.define('line-chart', LineChart);
