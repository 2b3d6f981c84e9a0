/** Loaded into the pages by their tests: measures what a reader sees. */
import type { Inspection } from "../../browser-tests/inspector.ts";

Object.assign(globalThis, { inspectPage });

function inspectPage(): Inspection {
  return {
    lowContrast: findLowContrast(),
    ground: getComputedStyle(document.documentElement).backgroundColor,
    width: document.documentElement.scrollWidth,
    foreignLinks: [...document.links]
      .map((link) => link.href)
      .filter((href) => !href.startsWith(`${location.origin}/`)),
    pwned: "pwned" in globalThis,
  };
}

/**
 * Of every text that is seen, unless it lies over a gradient.
 * @see https://www.w3.org/TR/WCAG22/#contrast-minimum
 */
function findLowContrast(): readonly string[] {
  const low = new Set<string>();
  for (const element of document.querySelectorAll<HTMLElement>("body *")) {
    const text = [...element.childNodes].find((node) => node instanceof Text && node.data.trim() !== "");
    const grounds = text && isSeen(element) ? readGrounds(element) : undefined;
    if (!grounds) continue;
    const ratio = contrast(paint([...grounds, getComputedStyle(element).color]), paint(grounds));
    if (ratio < 4.5) low.add(`${ratio.toFixed(2)} ${element.className}: ${text?.textContent?.trim().slice(0, 40)}`);
  }
  return [...low];
}

function isSeen(element: HTMLElement): boolean {
  return element.checkVisibility({ contentVisibilityAuto: true }) && !element.closest(".sr-only, .skip");
}

/** The backgrounds under an element, from the bottom up; undefined where one is an image. */
function readGrounds(element: HTMLElement): readonly string[] | undefined {
  const grounds: string[] = [];
  for (let at: HTMLElement | null = element; at; at = at.parentElement) {
    const { backgroundColor, backgroundImage } = getComputedStyle(at);
    if (backgroundImage !== "none") return undefined;
    grounds.unshift(backgroundColor);
  }
  return grounds;
}

const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

/** One colour over the other, as the browser mixes them. */
function paint(colours: readonly string[]): Uint8ClampedArray {
  if (!pixel) throw new Error("no canvas to mix colours on");
  for (const colour of colours) {
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
  }
  return pixel.getImageData(0, 0, 1, 1).data;
}

function contrast(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red = 0, green = 0, blue = 0]: Uint8ClampedArray): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(value: number): number {
  const share = value / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}
