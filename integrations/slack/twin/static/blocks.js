// Draws Block Kit simply: enough to see what stands there and to press it.

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function drawText(object) {
  if (object.type === "plain_text") return make("span", plain(object.text));
  const span = make("span");
  for (const piece of object.text.split(/(<https?:[^>|]+(?:\|[^>]*)?>|\*[^*\n]+\*)/)) {
    const link = piece.match(/^<(https?:[^>|]+)(?:\|([^>]*))?>$/);
    if (link) span.append(drawLink(plain(link[1]), plain(link[2] || link[1])));
    else if (/^\*[^*]+\*$/.test(piece)) span.append(make("b", plain(piece.slice(1, -1))));
    else span.append(plain(piece));
  }
  return span;
}

function drawLink(url, label) {
  const link = make("a", label);
  link.href = /^https?:/.test(url) ? url : "#";
  link.rel = "noreferrer";
  return link;
}

function drawRich(box) {
  const element = make(box.type === "rich_text_quote" ? "blockquote" : "div");
  for (const part of box.elements) {
    if (part.type === "link") element.append(drawLink(part.url, part.text || part.url));
    else if (part.elements) element.append(drawRich(part));
    else element.append(part.style && part.style.bold ? make("b", part.text) : part.text || "");
  }
  return element;
}

function drawElement(element, block, press) {
  const say = (more) => press({ action_id: element.action_id, block: block.block_id || "", ...more });
  if (element.type === "button") {
    if (element.url) return drawLink(element.url, element.text.text);
    const button = make("button", plain(element.text.text), element.style || "");
    button.type = "button";
    button.addEventListener("click", () => {
      if (!element.confirm || confirm(`${element.confirm.title.text}\n${element.confirm.text.text}`)) say({ value: element.value || "" });
    });
    return button;
  }
  if (element.type === "static_select" || element.type === "overflow") {
    const select = make("select");
    select.setAttribute("aria-label", (element.placeholder && element.placeholder.text) || "More");
    select.add(new Option((element.placeholder && element.placeholder.text) || "More", ""));
    for (const option of element.options) select.add(new Option(option.text.text, option.value));
    select.addEventListener("change", () => select.value && say({ value: select.value }));
    return select;
  }
  return drawText(element);
}

function drawInput(block) {
  const { element } = block;
  const label = make("label", `${block.label.text}${block.optional ? " (optional)" : ""}`);
  let field;
  if (element.type === "plain_text_input") {
    field = make(element.multiline ? "textarea" : "input");
    field.value = element.initial_value || "";
    if (element.max_length) field.maxLength = element.max_length;
  } else {
    field = make("select");
    if (block.optional) field.add(new Option("", ""));
    for (const option of element.options) field.add(new Option(option.text.text, option.value));
    if (element.initial_option) field.value = element.initial_option.value;
  }
  field.name = element.action_id;
  field.required = !block.optional;
  label.append(field);
  if (block.hint) label.append(make("span", block.hint.text, "hint"));
  return label;
}

export function drawBlocks(blocks, press) {
  const box = make("div");
  for (const block of blocks) {
    const row = make("div", undefined, `block ${block.type}`);
    if (block.type === "divider") row.append(make("hr"));
    if (block.text) row.append(drawText(block.text));
    if (block.fields) {
      const fields = make("div", undefined, "fields");
      fields.append(...block.fields.map(drawText));
      row.append(fields);
    }
    if (block.type === "rich_text") row.append(...block.elements.map(drawRich));
    else if (block.elements) row.append(...block.elements.map((element) => drawElement(element, block, press)));
    if (block.accessory) row.append(" ", drawElement(block.accessory, block, press));
    if (block.type === "input") row.append(drawInput(block));
    box.append(row);
  }
  return box;
}
