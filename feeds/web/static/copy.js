// Copies a feed's address. Without JavaScript the buttons stay hidden and the addresses can be selected by hand.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break; // only there on https and on this machine itself
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
// feed:https://… opens whatever reader has registered for it; checkers of HTML do not know that scheme.
for (const link of document.querySelectorAll("a[data-feed]")) {
  link.href = `feed:${link.dataset.feed}`;
  link.hidden = false;
}
