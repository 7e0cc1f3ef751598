"use strict";
// The page's tables: cards, bills, gaps and the rows of the ledger. Everything shown is text of the run or a sum of its ledger's amounts, as whole numbers of 10^-18.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const UNIT = 10n ** 18n, CENT = 10n ** 16n;

  // Amounts

  function atto(text) {
    const negative = text.startsWith("-");
    const [whole, decimals = ""] = (negative ? text.slice(1) : text).split(".");
    const value = BigInt(whole + decimals.padEnd(18, "0"));
    return negative ? -value : value;
  }
  function exact(value) {
    const digits = (value < 0n ? -value : value).toString().padStart(19, "0");
    const text = (digits.slice(0, -18) + "." + digits.slice(-18)).replace(/\.?0+$/, "");
    return (value < 0n ? "-" : "") + text;
  }
  // Half to the even cent, as everywhere else.
  function cents(value) {
    const size = value < 0n ? -value : value;
    let count = size / CENT;
    const rest = 2n * (size % CENT);
    if (rest > CENT || (rest === CENT && count % 2n === 1n)) count += 1n;
    const digits = count.toString().padStart(3, "0");
    return (value < 0n && count > 0n ? "-" : "") + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",") + "." + digits.slice(-2);
  }

  // Elements. Texts become text nodes and nothing else, and none of them turns the direction of what stands around it.

  const straight = (text) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "onclick" || key === "oninput") element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, key === "title" || key === "aria-label" ? straight(value) : value);
    }
    for (const child of children.flat()) if (child != null) element.append(typeof child === "string" ? straight(child) : child);
    return element;
  }
  // What tells one text from the next, cut in its middle where it is very long; the whole is its title.
  const brief = (text) => { const end = last(text); return end.length > 64 ? end.slice(0, 40) + "…" + end.slice(-20) : end; };
  const named = (text, empty = "–") => make("span", { title: text.length > 64 || text.startsWith("arn:") ? text : null }, brief(text) || empty);
  const scroll = (label, table) => make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, table);
  const last = (text) => (text.startsWith("arn:") ? text.slice(text.lastIndexOf("/") + 1) : text);
  const hash = (columns) => "#rows/" + Object.entries(columns).map(([key, value]) => key + "=" + encodeURIComponent(value)).join("&");
  // Nothing leads nowhere.
  const money = (value, columns) => columns && value !== 0n ? make("a", { href: hash(columns), title: exact(value) }, cents(value)) : make("span", { title: exact(value) }, cents(value));

  // A table that sorts, filters and pages. A column is {name, text(row), value(row)?, node(row)?, number?}.

  function grid(place, label, columns, rows, { size = 25, sort = null, note = () => "" } = {}) {
    let page = 0, wanted = "", order = sort, shown = rows;
    const body = make("tbody"), status = make("span", { role: "status", class: "note" }), head = make("tr");
    // Not disabled, as the keyboard would lose its place.
    const turn = (by) => (event) => { if (event.currentTarget.getAttribute("aria-disabled") !== "true") { page += by; draw(); } };
    const back = make("button", { type: "button", onclick: turn(-1) }, "Back");
    const next = make("button", { type: "button", onclick: turn(1) }, "Next");
    const search = make("input", { type: "search", "aria-label": "Find in " + label, placeholder: "Find…", oninput: (event) => {
      wanted = event.target.value.toLowerCase(); page = 0; choose(); draw();
    } });
    columns.forEach((column, index) => {
      const button = make("button", { type: "button", onclick: () => {
        const isSame = order && order.index === index;
        order = { index, down: isSame ? !order.down : !!column.number };
        page = 0; choose(); draw();
      } }, column.name);
      head.append(make("th", { scope: "col", class: column.number ? "n" : column.keep ? "k" : null }, button));
    });
    const value = (column, row) => (column.value ? column.value(row) : column.text(row));
    function choose() {
      shown = wanted ? rows.filter((row) => columns.some((column) => column.text(row).toLowerCase().includes(wanted))) : rows.slice();
      if (!order) return;
      const column = columns[order.index], sign = order.down ? -1 : 1;
      const keys = new Map(shown.map((row) => [row, value(column, row)]));
      shown.sort((a, b) => { const [x, y] = [keys.get(a), keys.get(b)]; return x < y ? -sign : x > y ? sign : 0; });
    }
    function draw() {
      page = Math.max(0, Math.min(page, Math.ceil(shown.length / size) - 1));
      [...head.children].forEach((cell, index) => {
        if (order && order.index === index) cell.setAttribute("aria-sort", order.down ? "descending" : "ascending");
        else cell.removeAttribute("aria-sort");
      });
      body.replaceChildren(...shown.slice(page * size, page * size + size).map((row) => make("tr", {}, columns.map((column, index) => {
        const content = column.node ? column.node(row) : column.text(row);
        return make(index ? "td" : "th", { class: column.number ? "n" : column.keep ? "k" : null, scope: index ? null : "row" }, content);
      }))));
      const first = shown.length ? page * size + 1 : 0, end = Math.min(shown.length, page * size + size);
      status.textContent = `${first}–${end} of ${shown.length.toLocaleString("en")}` + (shown.length < rows.length ? ` (all: ${rows.length.toLocaleString("en")})` : "") + note(shown);
      back.setAttribute("aria-disabled", page === 0);
      next.setAttribute("aria-disabled", end >= shown.length);
    }
    choose();
    place.replaceChildren(
      make("div", { class: "tools" }, search, back, next), status,
      make("div", { class: "scroll", role: "region", "aria-label": label, tabindex: "0" }, make("table", {}, make("caption", { class: "note" }, label), make("thead", {}, head), body)));
    draw();
  }

  // The ledger, unpacked when it is first asked for.

  let unpacked = null;
  function ledger() {
    if (unpacked) return unpacked;
    const numbers = (text) => (text === "" ? [] : text.split(",").map(Number));
    const texts = (text) => (text === "" ? [] : text.split(","));
    unpacked = {
      charge: numbers(data.charge), share: numbers(data.share), cost: texts(data.cost), quantity: texts(data.quantity), calls: texts(data.calls),
      weight: texts(data.weight), weight_total: texts(data.weight_total),
    };
    return unpacked;
  }
  const chargeColumn = Object.fromEntries(data.chargeColumns.map((name, index) => [name, index]));
  const shareColumn = Object.fromEntries(data.shareColumns.map((name, index) => [name, index]));
  const cell = (row, name) => name in chargeColumn ? data.charges[ledger().charge[row]][chargeColumn[name]] : data.shares[ledger().share[row]][shareColumn[name]];

  // Days since 1970 on which a charge lies, cut to the month: one of at most 24 hours on the day it starts.
  const monthDays = [Date.parse(data.month + "-01") / 864e5, data.days];
  function daysOf(charge) {
    const start = Date.parse(charge[chargeColumn.usage_start]), end = Date.parse(charge[chargeColumn.usage_end]);
    const near = (day) => Math.min(Math.max(day, monthDays[0]), monthDays[0] + monthDays[1] - 1);
    const first = near(Math.floor(start / 864e5));
    return end - start <= 864e5 ? [first, first] : [first, Math.max(first, near(Math.floor((end - 1) / 864e5)))];
  }

  // What is asked for in words of the ledger's columns, and of a few that follow from them.
  function chosen(wanted) {
    const rows = ledger();
    const charges = data.charges.map((charge) => Object.entries(wanted).every(([name, text]) => {
      if (name in chargeColumn) return charge[chargeColumn[name]] === text;
      if (name === "evidence") return charge[chargeColumn.platform] === "claude-platform" && charge[chargeColumn.line_item_type] === "Usage";
      if (name === "tax") return (charge[chargeColumn.line_item_type] === "Tax") === (text === "yes");
      if (name === "day" || name === "from" || name === "to") {
        const day = Date.parse(text) / 864e5, [first, end] = daysOf(charge);
        return name === "day" ? first <= day && day <= end : name === "from" ? end >= day : first <= day;
      }
      return true;
    }));
    const shares = data.shares.map((share) => Object.entries(wanted).every(([name, text]) => {
      if (name === "evidence") return (share[shareColumn.evidence_window] !== "none") === (text === "yes");
      if (name === "open") return (share[shareColumn.gap] !== "") === (text === "yes");
      return !(name in shareColumn) || share[shareColumn[name]] === text;
    }));
    const bill = wanted.bill;
    const found = [];
    for (let row = 0; row < rows.charge.length; row += 1) {
      if (!charges[rows.charge[row]] || !shares[rows.share[row]]) continue;
      if (bill !== undefined && billOf(row) !== bill) continue;
      found.push(row);
    }
    return found;
  }
  function billOf(row) {
    const workload = cell(row, "workload_id"), principal = cell(row, "principal"), workspace = cell(row, "workspace_arn");
    if (workload) return workload;
    return principal ? "unclaimed:" + principal : "unattributed:" + (workspace || "account:" + cell(row, "usage_account_id"));
  }
  // What of a row's cost falls on the days asked for: equal parts a day, what does not divide one each to the earlier, as cards and charts spread it.
  function costOn(row, first, end) {
    const cost = atto(ledger().cost[row]), [from, to] = daysOf(data.charges[ledger().charge[row]]);
    const count = BigInt(to - from + 1), part = cost / count, rest = cost - part * count;
    const left = Number(rest < 0n ? -rest : rest), sign = cost < 0n ? -1n : 1n;
    let sum = 0n;
    for (let day = Math.max(from, first); day <= Math.min(to, end); day += 1) sum += part + (day - from < left ? sign : 0n);
    return sum;
  }
  function sumsBy(rows, names) {
    const sums = new Map(), { cost, calls, quantity } = ledger();
    for (const row of rows) {
      const key = JSON.stringify(names.map((name) => cell(row, name)));
      let sum = sums.get(key);
      if (!sum) sums.set(key, (sum = { texts: names.map((name) => cell(row, name)), cost: 0n, calls: 0, quantity: 0n }));
      sum.cost += atto(cost[row]); sum.calls += Number(calls[row]); sum.quantity += atto(quantity[row]);
    }
    return [...sums.values()].sort((a, b) => (a.cost < b.cost ? 1 : a.cost > b.cost ? -1 : 0));
  }
  const total = (rows) => rows.reduce((sum, row) => sum + atto(ledger().cost[row]), 0n);

  // Rows of the ledger

  const shownColumns = ["usage_start", "platform", "workspace_arn", "line_item_type", "principal", "workload_id", "level", "method", "evidence_window", "model", "gap"];
  function showRows(wanted) {
    const rows = chosen(wanted), { cost, calls, quantity, weight, weight_total } = ledger();
    const words = Object.entries(wanted).map(([name, text]) => `${name.replaceAll("_", " ")} ${text === "" ? "empty" : brief(text)}`).join(", ");
    const sums = sumsBy(rows, ["currency"]);
    let sum = sums.map((one) => `${exact(one.cost)} ${one.texts[0]}`).join(", ");
    const days = wanted.day ? [wanted.day, wanted.day] : wanted.from && wanted.to ? [wanted.from, wanted.to] : null;
    if (days) {
      const [first, end] = days.map((day) => Date.parse(day) / 864e5);
      const parts = sums.map((one) => `${exact(rows.reduce((all, row) => cell(row, "currency") === one.texts[0] ? all + costOn(row, first, end) : all, 0n))} ${one.texts[0]}`);
      sum = `${parts.join(", ")} on ${days[0] === days[1] ? "this day" : "these days"}` + (parts.join(", ") === sum ? "" : `, ${sum} with what of them falls on others`);
    }
    $("rows-what").textContent = straight(words ? `Rows with ${words}` : "All rows") + `: ${rows.length.toLocaleString("en")}` + (sum ? `, adding up to exactly ${sum}.` : ".");
    grid($("rows-table"), "Ledger rows", [
      ...shownColumns.map((name) => ({ name: name.replaceAll("_", " "), text: (row) => cell(row, name), node: (row) => named(cell(row, name)) })),
      { name: "weight", number: true, text: (row) => weight[row] + "/" + weight_total[row], value: (row) => BigInt(weight[row]) },
      { name: "calls", number: true, text: (row) => calls[row], value: (row) => Number(calls[row]) },
      { name: "quantity", number: true, text: (row) => quantity[row], value: (row) => atto(quantity[row]) },
      { name: "cost", number: true, text: (row) => cost[row], value: (row) => atto(cost[row]) },
      { name: "currency", keep: true, text: (row) => cell(row, "currency") },
    ], rows, { note: (shown) => shown.length < rows.length ? `, together ${exact(total(shown))}` : "" });
  }
  // A link to rows that are shown already changes no address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#rows/"]');
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  function follow() {
    if (!location.hash.startsWith("#rows/")) return;
    const wanted = Object.fromEntries(location.hash.slice(6).split("&").filter(Boolean).map((part) => {
      const cut = part.indexOf("=");
      try { return [part.slice(0, cut), decodeURIComponent(part.slice(cut + 1))]; } catch { return [part.slice(0, cut), part.slice(cut + 1)]; }
    }));
    showRows(wanted);
    $("rows").scrollIntoView();
    $("rows").focus({ preventScroll: true });
  }

  // Cards

  const bandWords = { "on-plan": "good", under: "", over: "warn", "far-over": "bad", "no-estimate": "quiet", "not-started": "quiet" };
  function meter(card) {
    if (!card.estimate_to_date || atto(card.estimate_to_date) <= 0n) return null;
    const [actual, plan] = [atto(card.actual), atto(card.estimate_to_date)];
    const width = actual <= 0n ? 0 : Number((actual * 1000n) / plan) / 10;
    // The bar is as long as the larger of the two; the line stands where the plan is.
    const [bar, mark] = [make("i"), make("b")];
    const scale = Math.max(100, Math.min(width, 1000));
    bar.style.width = Math.min(100, (width / scale) * 100) + "%";
    mark.style.left = 100 / scale * 100 + "%";
    return make("div", { class: "meter", "aria-hidden": "true" }, bar, mark);
  }
  function card(month) {
    const weeks = data.cards.filter((one) => one.period_kind === "week" && one.card_type === month.card_type && one.card_id === month.card_id && one.currency === month.currency);
    const holder = { workload: { workload_id: month.card_id }, total: {} }[month.card_type]
      ?? (month.card_type.startsWith("element") ? { [month.card_type]: month.card_id === "(none)" ? "" : month.card_id }
        : { workload_id: "", level: month.card_type === "workspace" ? "workspace" : "unallocated", ...(month.card_id.startsWith("account:") ? { usage_account_id: month.card_id.slice(8) } : { workspace_arn: month.card_id }) });
    const wanted = { ...holder, currency: month.currency };
    const rows = chosen(wanted), untaxed = chosen({ ...wanted, tax: "no" });
    const breakdown = (title, name, empty) => {
      const sums = sumsBy(untaxed, [name]);
      return make("div", {}, scroll(title + " of " + brief(month.card_id), make("table", {}, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, title), make("th", { scope: "col", class: "n" }, "cost"), make("th", { scope: "col", class: "n" }, "calls"))),
        make("tbody", {}, sums.slice(0, 12).map((sum) => make("tr", {}, make("th", { scope: "row" }, named(sum.texts[0], empty)), make("td", { class: "n" }, money(sum.cost, { ...wanted, tax: "no", [name]: sum.texts[0] })), make("td", { class: "n" }, String(sum.calls))))))),
        sums.length > 12 ? make("p", { class: "note" }, `and ${sums.length - 12} more`) : null);
    };
    const figure = (name, text) => make("div", {}, make("dt", {}, name), make("dd", {}, text));
    return make("article", { class: "card" }, make("h3", {}, named(month.card_id), " ", make("span", { class: "tag " + (bandWords[month.band] ?? "") }, month.band)),
      make("p", { class: "quiet" }, [month.card_type, month.owner, month.finality, month.complete === "yes" ? "month complete" : "month running"].filter(Boolean).join(" · ")),
      make("dl", { class: "figures" }, figure("actual, without tax", make("a", { href: hash({ ...wanted, tax: "no" }), title: month.actual }, cents(atto(month.actual)) + " " + month.currency)), figure("tax", money(atto(month.tax), { ...wanted, tax: "yes" })),
        figure("estimate for the month", month.estimate ? cents(atto(month.estimate)) : "none confirmed"), figure("estimate to date", month.estimate_to_date ? cents(atto(month.estimate_to_date)) : "–"),
        ...data.forecasts.filter((one) => one.card_type === month.card_type && one.card_id === month.card_id && one.currency === month.currency).map((one) =>
          figure("usage at month end, forecast", [cents(atto(one.end)), make("small", {}, `four in five: ${cents(atto(one.low))} – ${cents(atto(one.high))}, from ${one.days} days`)])),
        figure("off by", month.variance_pct ? month.variance_pct + " %" : "–"), figure("calls", month.calls)),
      meter(month),
      scroll("Weeks of " + brief(month.card_id), make("table", {}, make("thead", {}, make("tr", {}, ["week", "actual", "tax", "estimate to date", "off by", "band"].map((name, index) => make("th", { scope: "col", class: index && index < 5 ? "n" : null }, name)))),
        make("tbody", {}, weeks.map((week) => make("tr", {}, make("th", { scope: "row", class: "k" }, `${week.period_start} – ${week.period_end.slice(8)}`),
          make("td", { class: "n" }, money(atto(week.actual), { ...wanted, tax: "no", from: week.period_start, to: week.period_end })), make("td", { class: "n" }, money(atto(week.tax), { ...wanted, tax: "yes", from: week.period_start, to: week.period_end })),
          make("td", { class: "n" }, week.estimate_to_date ? cents(atto(week.estimate_to_date)) : "–"), make("td", { class: "n" }, week.variance_pct ? week.variance_pct + " %" : "–"), make("td", {}, week.band)))))),
      make("div", { class: "two" }, breakdown("models", "model", "model unknown"), breakdown("token types", "token_type", "not told by the bill"), breakdown("regions", "region", "none"), breakdown("agents", "principal", "no caller known")),
      make("p", {}, make("a", { href: hash(wanted) }, rows.length === 1 ? "the row of the ledger behind this card" : `the ${rows.length.toLocaleString("en")} rows of the ledger behind this card`)));
  }
  function cards() {
    const months = data.cards.filter((one) => one.period_kind === "month");
    const kinds = ["workload", "workspace", "unallocated", "element1", "element2", "element3", "element4", "total"];
    const place = $("cards-table"), detail = $("card");
    const choice = make("select", { id: "card-kind" }, kinds.map((kind) => make("option", { value: kind }, kind)));
    const draw = () => grid(place, "Spend cards: " + choice.value, [
      { name: choice.value, text: (one) => one.card_id, node: (one) => make("button", { type: "button", class: "link", onclick: () => { detail.replaceChildren(card(one)); detail.focus(); } }, named(one.card_id)) },
      { name: "owner", text: (one) => one.owner, node: (one) => named(one.owner) }, { name: "actual", number: true, text: (one) => cents(atto(one.actual)), value: (one) => atto(one.actual) },
      { name: "to date", number: true, text: (one) => (one.estimate_to_date ? cents(atto(one.estimate_to_date)) : "–"), value: (one) => (one.estimate_to_date ? atto(one.estimate_to_date) : -1n) },
      { name: "off by", number: true, text: (one) => (one.variance_pct ? one.variance_pct + " %" : "–"), value: (one) => Number(one.variance_pct || -1e9) },
      { name: "band", text: (one) => one.band, node: (one) => make("span", { class: "tag " + (bandWords[one.band] ?? "") }, one.band) },
      { name: "calls", number: true, text: (one) => one.calls, value: (one) => Number(one.calls) }, { name: "currency", keep: true, text: (one) => one.currency },
    ], months.filter((one) => one.card_type === choice.value), { sort: { index: 2, down: true } });
    const open = () => {
      const first = months.filter((one) => one.card_type === choice.value).sort((a, b) => (atto(a.actual) < atto(b.actual) ? 1 : -1))[0];
      detail.replaceChildren(...(first ? [card(first)] : []));
    };
    choice.addEventListener("change", () => { draw(); open(); });
    $("cards-tools").replaceChildren(make("label", { for: "card-kind" }, "Cards of"), choice);
    draw();
    open();
  }

  // Agent Bills

  // `unclaimed: the role` of `unclaimed:arn:…/the role`.
  function billName(id) {
    const kind = /^(unclaimed|unattributed):/.exec(id);
    return make("span", { title: id }, kind ? kind[1] + ": " + brief(id.slice(kind[0].length)) : brief(id));
  }
  function statement(bill) {
    const rows = chosen({ bill: bill.bill_id, payer_account_id: bill.payer_account_id, currency: bill.currency });
    const names = ["principal", "workspace_arn", "platform", "model", "line_item_type", "level", "method"];
    const lines = sumsBy(rows, names);
    const term = (name, text) => (text ? [make("dt", {}, name), make("dd", {}, text.length > 200 ? named(text) : text)] : []);
    return make("article", { class: "card statement" }, make("h3", {}, "Agent Bill · ", bill.workload_name ? named(bill.workload_name) : billName(bill.bill_id)),
      make("dl", {}, term("bill", bill.bill_id), term("period", data.month), term("payer", bill.payer_account_id), term("owner", bill.owner), term("cost centre", bill.cost_center), term("GL account", bill.gl_account), term("elements", bill.elements.filter(Boolean).join(" · ")), term("finality", data.finality), term("run", data.run)),
      scroll("Lines of " + brief(bill.bill_id), make("table", {}, make("thead", {}, make("tr", {}, ["agent", "workspace", "platform", "model", "type", "method", "calls", "cost"].map((name, index) => make("th", { scope: "col", class: index > 5 ? "n" : null }, name)))),
        make("tbody", {}, lines.map((line) => make("tr", {}, make("th", { scope: "row" }, named(line.texts[0])), make("td", {}, named(line.texts[1])), make("td", {}, line.texts[2]), make("td", {}, named(line.texts[3], "unknown")), make("td", { class: "k" }, named(line.texts[4])),
          make("td", {}, line.texts[6], " ", data.estimates.includes(line.texts[6]) ? make("span", { class: "tag warn" }, "estimate") : null), make("td", { class: "n" }, String(line.calls)),
          make("td", { class: "n" }, money(line.cost, { bill: bill.bill_id, payer_account_id: bill.payer_account_id, currency: bill.currency, ...Object.fromEntries(names.map((name, index) => [name, line.texts[index]])) }))))),
        make("tfoot", {}, make("tr", { class: "total" }, make("th", { scope: "row", colspan: "7" }, `due, of which tax ${bill.of_which_tax}`), make("td", { class: "n" }, make("span", { title: "exactly " + exact(total(rows)) }, bill.amount_due + " " + bill.currency)))))),
      make("p", { class: "note" }, `The lines add up to ${exact(total(rows))} ${bill.currency}; what is due is that in whole cents, made so that all bills of the payer add up to its total.`));
  }
  function bills() {
    const detail = $("bill");
    grid($("bills-table"), "Agent Bills", [
      { name: "bill", text: (one) => one.bill_id, node: (one) => make("button", { type: "button", class: "link", onclick: () => { detail.replaceChildren(statement(one)); detail.focus(); } }, billName(one.bill_id)) },
      { name: "name", text: (one) => one.workload_name, node: (one) => named(one.workload_name) }, { name: "owner", text: (one) => one.owner, node: (one) => named(one.owner) }, { name: "cost centre", text: (one) => one.cost_center, node: (one) => named(one.cost_center) }, { name: "payer", keep: true, text: (one) => one.payer_account_id },
      { name: "tax", number: true, text: (one) => one.of_which_tax, value: (one) => atto(one.of_which_tax) },
      { name: "due", number: true, text: (one) => one.amount_due, value: (one) => atto(one.amount_due), node: (one) => make("a", { href: hash({ bill: one.bill_id, payer_account_id: one.payer_account_id, currency: one.currency }), title: one.exact_cost }, one.amount_due) },
      { name: "currency", keep: true, text: (one) => one.currency },
    ], data.bills, { sort: { index: 6, down: true } });
    $("bills-tools").replaceChildren(make("button", { type: "button", onclick: () => {
      detail.replaceChildren(...data.bills.slice(0, 200).map(statement)); detail.focus();
    } }, data.bills.length > 200 ? "Show the first 200 statements, for printing" : "Show all statements, for printing"));
    const first = data.bills.slice().sort((a, b) => (atto(a.amount_due) < atto(b.amount_due) ? 1 : -1))[0];
    if (first) detail.replaceChildren(statement(first));
  }

  // Gaps

  function gaps() {
    grid($("gaps-table"), "Gaps", [
      { name: "gap", keep: true, text: (one) => one.gap }, { name: "who", text: (one) => one.anchor, node: (one) => named(one.anchor) },
      { name: "what to do", text: (one) => one.action, node: (one) => one.action.length > 600 ? make("span", { title: one.action }, one.action.slice(0, 600) + "…") : one.action },
      { name: "seen", keep: true, text: (one) => one.first_seen.slice(5, 10) + " – " + one.last_seen.slice(5, 10), value: (one) => one.first_seen },
      { name: "calls", number: true, text: (one) => one.calls, value: (one) => Number(one.calls) },
      { name: "cost", number: true, text: (one) => cents(atto(one.cost)), value: (one) => atto(one.cost), node: (one) => money(atto(one.cost), {
        gap: one.gap, usage_account_id: one.usage_account_id, workspace_arn: one.workspace_arn, platform: one.platform, currency: one.currency,
        ...(one.gap === "no-estimate" ? { workload_id: one.anchor } : ["shared-role", "unclaimed-principal"].includes(one.gap) ? { principal: one.anchor } : ["not-approved", "out-of-scope"].includes(one.gap)
          ? { principal: one.anchor === one.workspace_arn || one.anchor.startsWith("account:") ? "" : one.anchor } : {}) }) },
      { name: "currency", keep: true, text: (one) => one.currency },
    ], data.gaps, { sort: { index: 5, down: true } });
  }

  cards(); bills(); gaps();
  if (location.hash.startsWith("#rows/")) follow(); else $("rows-what").textContent = `All rows: ${data.count.toLocaleString("en")}. Choose a figure above, or `;
  $("rows-all").addEventListener("click", () => showRows({}));
  window.addEventListener("hashchange", follow);
  document.documentElement.dataset.ready = "yes";
})();
