// Keys on the board (j, k, enter, a) and a quiet refresh of it. Every page works without this file.
"use strict";
(() => {
  const board = document.getElementById("board");
  let at = -1;

  const rows = () => [...document.querySelectorAll("tr.issue-row")];
  const linkOf = (row) => row.querySelector(".number a");

  function move(step) {
    const all = rows();
    if (!all.length) return;
    at = Math.min(Math.max(at + step, 0), all.length - 1);
    all.forEach((row, n) => row.classList.toggle("at", n === at));
    all[at].scrollIntoView({ block: "nearest" });
    linkOf(all[at]).focus({ preventScroll: true });
  }

  function isTyping(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    a: () => {
      const row = rows()[at];
      if (row) location.href = linkOf(row).href + "#press-accept";
      else document.getElementById("press-accept")?.focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const row = rows()[at];
    if (event.key === "Enter" && row && event.target === document.body) location.href = linkOf(row).href;
    else if (keys[event.key]) keys[event.key]();
  });

  async function refresh() {
    if (document.hidden || board.contains(document.activeElement)) return;
    const address = new URL(location.href);
    address.searchParams.set("part", "1");
    const answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    board.replaceChildren(...page.body.childNodes);
    at = -1;
  }

  if (board) setInterval(() => refresh().catch(() => {}), Number(board.dataset.refresh) * 1000);
})();
