/* Makes the prediction form quicker. Without this script the form works all the same, with a new page for each answer. */
"use strict";

const form = document.getElementById("predict");
const find = document.getElementById("find");

/* ---- predict without losing one's place */

const REPLACED = ["summary", "answer", "details"];

function sendAsPage() {
  form.dataset.plain = "yes";
  form.requestSubmit();
}

/* What went wrong with the request, not with a field: the API says so in JSON. */
async function showFailure(response) {
  if (response.status === 401) {
    window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
    return;
  }
  const notice = document.createElement("div");
  notice.className = "notice error";
  notice.setAttribute("role", "alert");
  notice.textContent = (await response.json()).error.message;
  document.getElementById("summary").replaceChildren(notice);
  notice.scrollIntoView({ block: "nearest" });
}

/* A panel that grows in front of the reader pushes the fields down; one further up must not. */
function keepPlace(change) {
  const top = window.scrollY;
  const isInView = document.getElementById("answer").getBoundingClientRect().bottom > 0;
  change();
  if (isInView) {
    window.scrollTo(0, top);
  }
}

function replace(fresh) {
  const hadCommandOpen = form.querySelector(".command")?.open;
  for (const id of REPLACED) {
    document.getElementById(id).replaceChildren(...fresh.getElementById(id).childNodes);
  }
  form.querySelector(".bar-answer").replaceChildren(...fresh.querySelector(".bar-answer").childNodes);
  for (const old of form.querySelectorAll("[data-field]")) {
    const field = fresh.getElementById(old.id);
    if (old.classList.contains("invalid") || field.classList.contains("invalid")) {
      old.replaceWith(field);
    }
  }
  if (hadCommandOpen && form.querySelector(".command")) {
    form.querySelector(".command").open = true;
  }
  document.title = fresh.title;
  prepare();
}

async function predict() {
  const buttons = form.querySelectorAll("button[type=submit]");
  buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
    });
    if (!response.ok) {
      await showFailure(response);
      return;
    }
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    if (fresh.querySelector("input[name=model]")?.value !== form.elements.model.value) {
      sendAsPage(); // another model has other fields: the page is drawn anew
      return;
    }
    keepPlace(() => replace(fresh));
    form.classList.remove("is-stale");
    document.querySelector("[data-focus]")?.focus();
  } catch {
    sendAsPage();
  } finally {
    buttons.forEach((button) => button.removeAttribute("aria-busy"));
  }
}

form.addEventListener("submit", (event) => {
  if (form.dataset.plain) {
    return;
  }
  event.preventDefault();
  if (!form.querySelector("[aria-busy]")) {
    predict();
  }
});

/* ---- what was changed */

function markChanged() {
  for (const input of form.querySelectorAll("[data-typical]")) {
    input.closest(".field").classList.toggle("changed", input.value !== input.dataset.typical);
  }
}

form.addEventListener("input", (event) => {
  if (event.target !== find) {
    form.classList.add("is-stale");
    markChanged();
  }
});

/* ---- find a field */

function filter() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of form.querySelectorAll("fieldset")) {
    let inGroup = 0;
    for (const field of group.querySelectorAll("[data-field]")) {
      const text = [...field.querySelectorAll("label, .about")].map((part) => part.textContent).join(" ").toLowerCase();
      field.hidden = !words.every((word) => text.includes(word));
      inGroup += field.hidden ? 0 : 1;
    }
    group.hidden = inGroup === 0;
    shown += inGroup;
  }
  document.getElementById("found").textContent = shown === 1 ? "1 field" : `${shown} fields`;
}

find.addEventListener("input", filter);
find.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault(); // it searches, it does not predict
  }
});
/* A short form needs no search. */
form.querySelector(".find").hidden = form.querySelectorAll("[data-field]").length <= 8;

/* A link to a field that the filter hides has to show it first. */
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#f-']");
  if (link) {
    find.value = "";
    filter();
    event.preventDefault();
    document.getElementById(link.hash.slice(1)).focus();
  }
});

/* ---- copy the command */

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source); // no clipboard without HTTPS: select it at least
    button.textContent = "Selected";
  }
}

function prepare() {
  markChanged();
  filter();
  for (const button of form.querySelectorAll(".copy")) {
    button.hidden = false;
    button.onclick = () => copy(button);
  }
}

prepare();
document.querySelector("[data-focus]")?.focus();
