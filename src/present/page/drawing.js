// Puts charts where the page has drawings that stand still, and draws them again when anything changes.
import { BarChart, CustomChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";

import { markSeries } from "./axes.js";
import { kinds } from "./options.js";
import { offerExports } from "./exports.js";
import { colors } from "./theme.js";
import { hideTip, showTip } from "./tip.js";

use([BarChart, CustomChart, LineChart, ScatterChart, GridComponent, CanvasRenderer, SVGRenderer]);

/** What paper is wide, in the style sheet's pixels, and half of it less the gap. */
const paperWidth = 690;
const panelWidth = 335;

class Drawing {
  /** @param build gives what the chart shows now */
  constructor(figure, build) {
    this.figure = figure;
    this.build = build;
    this.place = this.figure.querySelector(".chart");
  }

  get visible() {
    return this.place.clientWidth > 0;
  }

  draw(width = this.place.clientWidth) {
    if (!(width > 0)) return;
    this.look = colors();
    this.chart = this.build();
    this.view = kinds[this.chart.kind](this.chart, this.look, width);
    this.place.style.height = `${this.view.height}px`;
    if (!this.echart) this.start(width);
    this.echart.resize({ width, height: this.view.height });
    this.echart.setOption(this.view.option, { notMerge: true });
    this.drawKey();
    this.width = width;
  }

  start(width) {
    this.place.replaceChildren();
    this.place.classList.add("drawn");
    this.echart = init(this.place, null, { renderer: "svg", width, height: this.view.height });
    this.place.setAttribute("role", "img");
    this.place.setAttribute("aria-label", this.figure.querySelector("figcaption").textContent);
    offerExports(this);
    this.hairline = document.createElement("i");
    this.hairline.className = "hairline";
    this.hairline.hidden = true;
    this.place.append(this.hairline);
    const zr = this.echart.getZr();
    zr.on("mousemove", (event) => this.point(event));
    zr.on("globalout", () => this.leave());
    this.echart.on("mouseover", (event) => this.describeItem(event));
    this.echart.on("mousemove", (event) => this.describeItem(event));
    this.echart.on("mouseout", () => hideTip());
    new ResizeObserver(() => {
      if (!this.paper && this.visible && this.place.clientWidth !== this.width) this.draw();
    }).observe(this.place);
  }

  drawKey() {
    if (!this.view.key) return;
    this.key ??= this.figure.insertBefore(document.createElement("ul"), this.place);
    this.key.className = "key";
    this.key.replaceChildren(
      ...this.view.key.map(([color, words]) => {
        const item = document.createElement("li");
        const square = document.createElement("i");
        square.style.background = color;
        item.append(square, words);
        return item;
      }),
    );
  }

  /** A value of the x axis at a pixel, or null outside the axes. */
  valueAt(event) {
    const pixel = [event.offsetX, event.offsetY];
    return this.echart.containPixel("grid", pixel) ? this.echart.convertFromPixel({ seriesIndex: 0 }, pixel)?.[0] : null;
  }

  point(event) {
    if (!this.view.describeAt) return;
    const x = this.valueAt(event);
    if (x === null || x === undefined) return this.leave();
    const { at, title, rows } = this.view.describeAt(this.snap ? this.snap(x) : x);
    this.hairline.style.left = `${this.echart.convertToPixel({ xAxisIndex: 0 }, at)}px`;
    this.hairline.hidden = false;
    showTip(title, rows, event.event);
  }

  describeItem(event) {
    const described = this.view.describeItem?.(event);
    if (described) showTip(described.title, described.rows, event.event.event);
  }

  leave() {
    this.hairline.hidden = true;
    hideTip();
  }

  /** Moves the chart's marks without drawing the rest again. */
  mark(marks) {
    this.echart?.setOption({ series: [markSeries(marks, this.look)] });
  }

  print(on) {
    this.paper = on;
    const svg = () => this.place.querySelector("svg");
    if (on) {
      if (!this.visible) return;
      this.draw(this.figure.closest(".panels, .glance") ? panelWidth : paperWidth);
      svg().setAttribute("viewBox", `0 0 ${this.width} ${this.view.height}`);
    } else {
      svg()?.removeAttribute("viewBox");
      this.draw();
    }
  }
}

export const drawings = [];

/** @param charts what builds each figure's chart, by the figure's id */
export function place(charts) {
  for (const figure of document.querySelectorAll("figure[id]"))
    if (charts[figure.id]) drawings.push(new Drawing(figure, charts[figure.id]));
}

export function drawAll() {
  for (const drawing of drawings) if (drawing.visible) drawing.draw();
}

let themeBefore;

/** Charts for paper are light and as wide as the page. */
export function printing(on) {
  const root = document.documentElement;
  if (on) {
    themeBefore = root.dataset.theme;
    root.dataset.theme = "light";
  } else if (themeBefore === undefined) {
    delete root.dataset.theme;
  } else {
    root.dataset.theme = themeBefore;
  }
  for (const drawing of drawings) drawing.print(on);
}
