// Shows the twin's workspace. Whatever people wrote goes in as text, never as markup.
import { drawBlocks } from "./blocks.js";

const $ = (id) => document.getElementById(id);
const seen = { state: null, channel: "", thread: "", home: false, drawn: "" };

async function ask(path, body) {
  const options = body
    ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    : {};
  const answer = await fetch(`_control/${path}`, options);
  const value = await answer.json();
  const refused = (value.statuses || []).some((status) => status >= 300 || status === 0);
  $("status").textContent = answer.ok && !refused ? "" : `Not taken: ${value.detail || value.statuses || answer.status}`;
  return value;
}

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

const me = () => $("me").value;
const nameOf = (user) => (user === seen.state.bot ? "CityHelper" : seen.state.people[user] || user);

function drawMessage(message, inThread) {
  const article = make("article");
  article.dataset.ts = message.ts;
  if (message.to) article.className = "private";
  const head = make("div");
  head.append(make("span", nameOf(message.user), "who"), " ");
  const when = new Date(Number(message.ts) * 1000).toLocaleTimeString();
  head.append(make("span", message.to ? `${when}, only you see this` : when, "when"));
  if (message.edited) head.append(make("span", " (edited)", "when"));
  article.append(head);
  const where = { channel: message.channel, ts: message.ts };
  if (message.blocks.length) article.append(drawBlocks(message.blocks, (press) => pressOn(where, press)));
  else article.append(make("div", unescape(message.text), "block"));
  if (!inThread && !message.to && !message.thread_ts) article.append(threadButton(message));
  return article;
}

function unescape(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function threadButton(message) {
  const answers = messagesOf(message.channel).filter((one) => one.thread_ts === message.ts && !one.to);
  const button = make("button", answers.length ? `Thread (${answers.length})` : "Answer in a thread");
  button.type = "button";
  button.addEventListener("click", () => { seen.thread = message.ts; seen.home = false; draw(); });
  return button;
}

function messagesOf(channel) {
  const all = seen.state.messages[channel] || [];
  return all.filter((one) => !one.to || one.to === me());
}

async function pressOn(where, press) {
  await ask("press", { user: me(), ...where, ...press });
  await refresh();
}

function drawModal(view) {
  const form = make("form", undefined, "modal");
  form.dataset.view = view.id;
  form.append(make("h2", view.title.text));
  form.append(drawBlocks(view.blocks, (press) => pressOn({ view: view.id }, press)));
  if (view.submit) {
    const send = make("button", view.submit.text, "primary");
    send.type = "submit";
    form.append(send, " ");
  }
  const close = make("button", view.close ? view.close.text : "Close");
  close.type = "button";
  close.addEventListener("click", async () => { await ask("close", { view: view.id }); await refresh(); });
  form.append(close);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    await ask("submit", { view: view.id, values });
    await refresh();
  });
  return form;
}

function sideContent() {
  const modal = seen.state.views.filter((view) => view.user === me()).at(-1);
  if (modal) return [drawModal(modal)];
  if (seen.home) {
    const home = seen.state.homes[me()];
    return home ? [make("h2", "Home"), drawBlocks(home.blocks, (press) => pressOn({ view: home.id }, press))] : [make("p", "The home tab is empty so far.")];
  }
  if (!seen.thread) return null;
  const all = messagesOf(seen.channel);
  const inThread = all.filter((one) => one.ts === seen.thread || one.thread_ts === seen.thread);
  const close = make("button", "Close the thread");
  close.type = "button";
  close.addEventListener("click", () => { seen.thread = ""; draw(); });
  return [make("h2", "Thread"), ...inThread.map((one) => drawMessage(one, true)), threadForm(), close];
}

function threadForm() {
  const form = make("form");
  const input = make("input");
  input.setAttribute("aria-label", "Answer in this thread");
  input.placeholder = "Begin with > to text the resident";
  const send = make("button", "Send");
  form.append(input, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!input.value) return;
    await ask("write", { user: me(), channel: seen.channel, text: input.value, thread: seen.thread });
    input.value = "";
    await refresh();
  });
  return form;
}

function draw() {
  const { state } = seen;
  const channels = Object.entries(state.channels).filter(([id]) => !id.startsWith("D") || id.slice(1) === me().slice(1));
  $("channels").replaceChildren(...channels.map(([id, name]) => {
    const button = make("button", name.startsWith("@") ? "CityHelper" : `# ${name}`);
    button.type = "button";
    button.setAttribute("aria-current", String(id === seen.channel));
    button.addEventListener("click", () => { seen.channel = id; seen.thread = ""; draw(); });
    return button;
  }));
  const shown = messagesOf(seen.channel).filter((one) => !one.thread_ts);
  $("channel").replaceChildren(...shown.map((one) => drawMessage(one, false)));
  const side = sideContent();
  $("side").hidden = side === null;
  $("side").replaceChildren(...(side || []));
}

function isTyping() {
  const side = $("side");
  return side.contains(document.activeElement) && /INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName);
}

async function refresh() {
  const since = seen.state ? seen.state.version : -1;
  const answer = await fetch(`_control/state?since=${since}`);
  const state = await answer.json();
  if (!state.channels) return;
  seen.state = state;
  if (!$("me").options.length) {
    for (const [id, name] of Object.entries(state.people)) $("me").add(new Option(name, id));
    seen.channel = Object.keys(state.channels)[0];
  }
  draw();
}

$("me").addEventListener("change", () => draw());
$("home").addEventListener("click", async () => {
  seen.home = !seen.home;
  if (seen.home) await ask("home", { user: me() });
  await refresh();
  draw();
});
$("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = $("words").value.trim();
  if (!words) return;
  $("words").value = "";
  if (words.startsWith("/cityhelper")) {
    await ask("command", { user: me(), channel: seen.channel, text: words.slice(11).trim() });
  } else {
    await ask("write", { user: me(), channel: seen.channel, text: words });
  }
  await refresh();
});
await refresh();
setInterval(() => { if (!isTyping()) refresh(); }, 1000);
