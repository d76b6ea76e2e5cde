// Discord's markdown as a tree of plain nodes {kind, …, children}; render.js makes elements of it.

const LIST = /^( *)([-*]|\d{1,9}\.) +(\S.*)$/;
const HEADER = /^(#{1,3}) +(\S.*)$/;
const SUBTEXT = /^-# +(\S.*)$/;
const FENCE = /^```(?:([\w+-]+)\n)?\n*([^]*?)\n*```/;

/** The blocks of a text: headers, subtext, quotes, lists, code blocks and paragraphs. */
export function parse(text) {
  return blocks(text.replaceAll("\r\n", "\n"), false);
}

function blocks(text, quoted) {
  const out = [];
  let plain = [];
  const flush = () => {
    if (plain.length) out.push({ kind: "paragraph", children: inline(plain.join("\n")) });
    plain = [];
  };
  let rest = text;
  while (rest !== "") {
    const found = (quoted ? null : quote(rest)) ?? list(rest) ?? heading(rest);
    if (found) {
      flush();
      out.push(found.node);
      rest = rest.slice(found.length);
      continue;
    }
    const { line, fence, length } = nextLine(rest);
    if (line !== null) plain.push(line);
    if (fence) {
      flush();
      out.push(fence);
    }
    rest = rest.slice(length);
  }
  flush();
  return out;
}

/** One line of ordinary text, up to a code block that may begin in the middle of it. */
function nextLine(rest) {
  const end = rest.indexOf("\n") < 0 ? rest.length : rest.indexOf("\n");
  const start = rest.indexOf("```");
  if (start >= 0 && start <= end) {
    const match = FENCE.exec(rest.slice(start));
    if (match && match[2].trim() !== "") {
      const after = rest[start + match[0].length] === "\n" ? 1 : 0;
      const before = rest.slice(0, start);
      const fence = { kind: "codeblock", language: match[1] ?? "", text: match[2] };
      return { line: before === "" ? null : before, fence, length: start + match[0].length + after };
    }
  }
  return { line: rest.slice(0, end), fence: null, length: Math.min(end + 1, rest.length) };
}

function quote(rest) {
  if (rest.startsWith(">>> ")) {
    return { node: { kind: "quote", children: blocks(rest.slice(4), true) }, length: rest.length };
  }
  const match = /^(?:> .*(?:\n|$))+/.exec(rest);
  if (!match) return null;
  const body = match[0]
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.slice(2))
    .join("\n");
  return { node: { kind: "quote", children: blocks(body, true) }, length: match[0].length };
}

function heading(rest) {
  const line = rest.split("\n", 1)[0];
  const header = HEADER.exec(line);
  const subtext = SUBTEXT.exec(line);
  if (!header && !subtext) return null;
  const node = header
    ? { kind: "header", level: header[1].length, children: inline(header[2]) }
    : { kind: "subtext", children: inline(subtext[1]) };
  return { node, length: Math.min(line.length + 1, rest.length) };
}

function list(rest) {
  const items = [];
  let length = 0;
  for (const line of rest.split("\n")) {
    const match = LIST.exec(line);
    if (!match || (items.length && match[1].length <= items[0].depth + 1 && isOrdered(match) !== items[0].ordered)) {
      break;
    }
    items.push({ depth: match[1].length, ordered: isOrdered(match), number: parseInt(match[2], 10), text: match[3] });
    length += line.length + 1;
  }
  if (!items.length || items[0].depth > 1) return null;
  return { node: nest(items), length: Math.min(length, rest.length) };
}

function isOrdered(match) {
  return match[2].endsWith(".");
}

function nest(items) {
  const { depth, ordered, number } = items[0];
  const node = { kind: "list", start: ordered ? number : null, children: [] };
  for (let i = 0; i < items.length;) {
    let next = i + 1;
    while (next < items.length && items[next].depth > depth + 1) next += 1;
    const below = items.slice(i + 1, next);
    const children = inline(items[i].text);
    node.children.push({ kind: "item", children: below.length ? [...children, nest(below)] : children });
    i = next;
  }
  return node;
}

const RULES = [
  [/^\\([^0-9A-Za-z\s])/, (m) => ({ kind: "text", text: m[1] })],
  [
    /^(`+)([^]*?[^`])\1(?!`)/,
    (m) => ({ kind: "code", text: m[2].trim() === "" ? m[2] : m[2].replace(/^ (?=`)|(?<=`) $/g, "") }),
  ],
  [/^<@!?(\d+)>/, (m) => ({ kind: "user", id: m[1] })],
  [/^<@&(\d+)>/, (m) => ({ kind: "role", id: m[1] })],
  [/^<#(\d+)>/, (m) => ({ kind: "channel", id: m[1] })],
  [/^<\/([^:>\n]+):(\d+)>/, (m) => ({ kind: "command", name: m[1], id: m[2] })],
  [/^<t:(-?\d{1,13})(?::([tTdDfFRsS]))?>/, (m) => ({ kind: "time", at: Number(m[1]), style: m[2] ?? "f" })],
  [/^<(a?):(\w{2,32}):(\d+)>/, (m) => ({ kind: "emoji", name: m[2], id: m[3], animated: m[1] === "a" })],
  [/^<id:(\w+)>/, (m) => ({ kind: "place", name: m[1] })],
  [/^@(everyone|here)/, (m) => ({ kind: "everyone", name: m[1] })],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], [{ kind: "text", text: m[1] }], m[0])],
  [
    /^\[((?:\[[^\]]*\]|[^[\]]|\](?=[^[]*\]))+)\]\(<?(https?:\/\/[^\s<>()]*(?:\([^\s()]*\)[^\s<>()]*)*)>?(?: +"([^"]*)")?\)/,
    (m) => link(m[2], inline(m[1]), m[0], m[3]),
  ],
  [/^https?:\/\/[^\s<]+[^<.,:;"'\])\s*_~|]/, (m) => link(m[0], [{ kind: "text", text: m[0] }], m[0])],
  [/^\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/, (m) => ({ kind: "strong", children: inline(m[1]) })],
  [/^__((?:\\[^]|[^\\])+?)__(?!_)/, (m) => ({ kind: "underline", children: inline(m[1]) })],
  [/^\*(?=\S)((?:\*\*|\\[^]|[^\\*])+?)(?<!\s)\*(?!\*)/, (m) => ({ kind: "em", children: inline(m[1]) })],
  [/^_((?:__|\\[^]|[^\\_])+?)_(?![A-Za-z0-9])/, (m) => ({ kind: "em", children: inline(m[1]) })],
  [/^~~((?:\\[^]|[^\\])+?)~~(?!~)/, (m) => ({ kind: "strike", children: inline(m[1]) })],
  [/^\|\|([^]+?)\|\|/, (m) => ({ kind: "spoiler", children: inline(m[1]) })],
];
const SPECIAL = /[\\`<@[*_~|]|https?:\/\//;

function link(href, children, source, title = "") {
  // A label that looks like an address of its own could lie about where it leads: such a link is shown as it was written.
  const lies = source.startsWith("[") && children.some((node) => node.kind === "link");
  return lies ? { kind: "text", text: source } : { kind: "link", href, title, children };
}

/** The inline nodes of a text. */
export function inline(text) {
  const out = [];
  const say = (part) => {
    if (part === "") return;
    if (out.at(-1)?.kind === "text") out.at(-1).text += part;
    else out.push({ kind: "text", text: part });
  };
  for (let i = 0; i < text.length;) {
    const jump = text.slice(i).search(SPECIAL);
    if (jump < 0) {
      say(text.slice(i));
      break;
    }
    say(text.slice(i, i + jump));
    i += jump;
    const found = match(text.slice(i), text[i - 1] ?? "");
    if (!found) {
      say(text[i]);
      i += 1;
      continue;
    }
    if (found.node.kind === "text") say(found.node.text);
    else out.push(found.node);
    i += found.length;
  }
  return out;
}

function match(rest, before) {
  for (const [pattern, make] of RULES) {
    if (/\w/.test(before) && rest[0] === "_" && !rest.startsWith("__")) return null;
    const m = pattern.exec(rest);
    if (m) return { node: make(m), length: m[0].length };
  }
  return null;
}

/** The text without its markup, for labels and announcements. */
export function plain(nodes) {
  return nodes.map((node) => node.text ?? (node.children ? plain(node.children) : "")).join("");
}
