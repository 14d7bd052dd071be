// What the pages of the console do better with script; every one of them works without.
"use strict";

// Errors first: whoever uses a keyboard or a screen reader starts at the summary.
document.getElementById("errors")?.focus();

// A menu closes when somebody goes elsewhere.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.who[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    for (const open of document.querySelectorAll("details.who[open]")) open.open = false;
  }
  // "/" goes to the search field, as in many consoles.
  const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing) {
    const search = document.querySelector("input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});

// A form that is sent twice by a double click is sent once.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// What asks by itself waits while somebody has ticked something in it, or looks elsewhere.
document.addEventListener("htmx:beforeRequest", (event) => {
  const live = event.target;
  if (!live.matches("[data-live]") || event.detail.requestConfig.triggeringEvent?.type === "submit") return;
  if (live.querySelector("tbody :checked") || live.contains(document.activeElement) || document.hidden) {
    event.preventDefault();
  }
});

// Buttons that copy a text of the page; without script the text is selected by hand.
for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.classList.add("copied");
  });
}

// Rows that are put into another order by dragging; the form, sent as a link, shows the order and saves nothing.
for (const body of document.querySelectorAll("tbody[data-sorts]")) {
  let dragged = null;
  body.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("tr");
    dragged.classList.add("dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  body.addEventListener("dragover", (event) => {
    const over = event.target.closest("tr");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    body.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  body.addEventListener("drop", (event) => event.preventDefault());
  body.addEventListener("dragend", (event) => {
    dragged?.classList.remove("dragged");
    dragged = null;
    if (event.dataTransfer.dropEffect === "none") location.reload(); // let go elsewhere, or Escape
    else document.getElementById(body.dataset.sorts).requestSubmit();
  });
}
