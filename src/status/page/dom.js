// What the other parts need of the DOM. Text is only ever set as text, never parsed as HTML.

/** @param {ParentNode} within @param {string} selector @returns {HTMLElement} */
export function find(within, selector) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`The page has no ${selector}.`);
  return /** @type {HTMLElement} */ (element);
}

/**
 * Sets the text of an element, but only if it differs, so that selections and screen readers aren't interrupted.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Sets the text of an element. A name at its beginning may be in any script, and must not turn the rest of it around.
 *
 * @param {Element} element
 * @param {string} sentence
 * @param {string | null | undefined} name
 */
export function setSentence(element, sentence, name) {
  if (element.textContent === sentence) return;
  const isFirst = name && sentence.startsWith(name);
  element.replaceChildren(...(isFirst ? [createElement('bdi', name), sentence.slice(name.length)] : [sentence]));
}

/** @param {string} name @param {string} [text] @param {string} [className] */
export function createElement(name, text = '', className = '') {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** The first element of a copy of a template. @param {string} id */
export function copyTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (find(document, `#${id}`));
  return find(/** @type {DocumentFragment} */ (template.content.cloneNode(true)), '*');
}

/**
 * Makes these elements the children of another one, in this order. Those that are in place already aren't moved, so that they
 * keep the focus.
 *
 * @param {Element} parent
 * @param {Element[]} children
 */
export function arrange(parent, children) {
  const kept = new Set(children);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  children.forEach((child, index) => {
    const current = parent.children[index] ?? null;
    if (current !== child) parent.insertBefore(child, current);
  });
}

/** Says something to screen readers, once. @param {string} text */
export function announce(text) {
  if (text) setText(find(document, '#announcement'), text);
}
