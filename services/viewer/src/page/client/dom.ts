/** Builds elements. What was sent to the viewer becomes text or an attribute's value, never markup. */

import { checkAttribute } from "../model/safe-attribute.ts";

export type Child = Node | string | number | false | undefined;
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

const SVG = "http://www.w3.org/2000/svg";
/** An HTML element. An attribute that is false or undefined is left out, one that is true is empty. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element, by the same rules. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** A button that does something; it never submits a form. */
export function button(label: Child, attributes: Attributes, onClick: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", ...attributes }, label);
  made.addEventListener("click", onClick);
  return made;
}

/** The element of the page's own HTML with this id. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

function fill<Kind extends Element>(element: Kind, attributes: Attributes, children: readonly Child[]): Kind {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    const text = value === true ? "" : String(value);
    checkAttribute(name, text);
    element.setAttribute(name, text);
  }
  for (const child of children) {
    if (child !== false && child !== undefined) element.append(typeof child === "number" ? String(child) : child);
  }
  return element;
}
