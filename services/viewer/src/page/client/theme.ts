/** The switch between light and dark: as the system says, or as the reader chose. */
import { button } from "./dom.ts";

const THEMES = ["system", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const SIGNS: Readonly<Record<Theme, string>> = { system: "◐", light: "☀", dark: "☾" };
const KEY = "baton-theme";

/** Each press goes on to the next one; the choice is remembered in this browser. */
export function wireTheme(bar: Element | null): void {
  let theme = readTheme();
  const turn = button("", { class: "quiet theme" }, () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
    remember(theme);
    show();
  });
  const show = () => {
    document.documentElement.dataset.theme = theme;
    turn.textContent = SIGNS[theme];
    turn.title = `Theme: ${theme}`;
    turn.setAttribute("aria-label", turn.title);
  };
  show();
  bar?.append(turn);
}

/** Where the browser keeps nothing for this page, the switch works until the page is left. */
function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // It is only a choice of colours.
  }
}
