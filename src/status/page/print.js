// Paper can't be scrolled or opened: before it is printed, everything is drawn, and what can be opened is open.

/** @param {() => void} drawAll draws what is out of view, too */
export function openForPrint(drawAll) {
  /** @type {HTMLDetailsElement[]} */
  let opened = [];
  addEventListener('beforeprint', () => {
    drawAll();
    opened = [...document.querySelectorAll('details')].filter(({ open, id }) => !open && id !== 'webhooks');
    for (const details of opened) details.open = true;
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
}
