// What each provider received, newest first, with a filter per provider.
import { exactTime, find, make } from "./element.js";

const KEPT = 300;

export class Calls {
  constructor() {
    this.seen = new Map();
    this.hidden = new Set();
    this.started = false;
    find("calls").append(make("li", { class: "none" }, "Nothing yet. Every call of the service to Twilio, SendGrid, the geocoders and NYC 311 appears here."));
  }

  add(calls) {
    const list = find("calls");
    if (calls.length && !this.seen.size) list.replaceChildren();
    for (const call of calls) {
      if (this.seen.has(call.n)) continue;
      this.seen.set(call.n, call);
      const row = this.row(call);
      if (this.started) row.classList.add("new");
      list.prepend(row);
    }
    while (list.children.length > KEPT) list.lastElementChild.remove();
    this.started = true;
    this.showFilters();
  }

  row(call) {
    const detail = make("pre", { tabindex: "0" });
    for (const [label, text] of [["Asked", call.request], ["Answered", call.answer]]) {
      if (text) detail.append(make("b", {}, `${label}\n`), text, "\n");
    }
    return make("li", { class: "call", "data-provider": call.provider, hidden: this.hidden.has(call.provider) },
      make("details", {},
        make("summary", {},
          make("span", { class: "who" }, make("i", { class: `dot ${call.provider}`, "aria-hidden": "true" }), call.name),
          make("span", { class: "what", title: `${call.method} ${call.path}` }, call.operation),
          make("span", { class: "when" }, exactTime(call.at)),
          make("span", { class: `code${call.good ? "" : " bad"}` }, call.outcome),
          call.gist ? make("span", { class: "gist" }, call.gist) : null),
        make("pre", {}, make("b", {}, `${call.method} ${call.path}`)), detail));
  }

  showFilters() {
    const counts = new Map();
    for (const call of this.seen.values()) {
      const entry = counts.get(call.provider) || { name: call.name, count: 0 };
      entry.count += 1;
      counts.set(call.provider, entry);
    }
    const box = find("filters");
    for (const [provider, { name, count }] of [...counts].sort()) {
      const known = box.querySelector(`[data-provider="${provider}"]`);
      if (known) {
        known.querySelector("b").textContent = count;
        continue;
      }
      box.append(make("button", { type: "button", "data-provider": provider, "aria-pressed": "true", onclick: (event) => this.toggle(provider, event.currentTarget) },
        make("i", { class: `dot ${provider}`, "aria-hidden": "true" }), name, make("b", {}, String(count))));
    }
  }

  toggle(provider, button) {
    const show = this.hidden.delete(provider);
    if (!show) this.hidden.add(provider);
    button.setAttribute("aria-pressed", String(show));
    for (const row of find("calls").querySelectorAll(`[data-provider="${provider}"]`)) row.hidden = !show;
  }
}
