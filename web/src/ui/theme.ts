/**
 * The look: a control room's. Surfaces are grey, so that a colour means something; what needs a hand is amber, what ends or
 * destroys is red, and the one accent marks where one can act. Contrast meets WCAG AA in both schemes (tested with axe).
 */

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** Water, and the vane that meters it. */
const petrol: MantineColorsTuple = [
  "#e6f4f5",
  "#cfe6e9",
  "#a0ccd2",
  "#6eb1ba",
  "#459aa5",
  "#2a8b98",
  "#177f8d",
  "#0b6c79",
  "#065f6b",
  "#004f5a",
];

/** Greys with a little of the accent; the dark scheme's text (0) to ground (9). */
const graphite: MantineColorsTuple = [
  "#dfe5e8",
  "#b9c3c8",
  "#94a1a8",
  "#6c7a82",
  "#45525a",
  "#343f46",
  "#262f35",
  "#1d252a",
  "#171d21",
  "#101518",
];

const stone: MantineColorsTuple = [
  "#f8f9fa",
  "#f1f3f4",
  "#e5e9eb",
  "#d5dbde",
  "#bdc5c9",
  "#9aa5ab",
  "#6a767d",
  "#4c575e",
  "#333d43",
  "#1d2529",
];

/** What cuts, refuses, ends: the red of a stop button, not of a shop. */
const stop: MantineColorsTuple = [
  "#fbe9e7",
  "#f5cfcb",
  "#eba69f",
  "#e07b72",
  "#d4574c",
  "#c93b30",
  "#bd2d23",
  "#b3261e",
  "#971d17",
  "#7c1611",
];

export const theme = createTheme({
  colors: { petrol, dark: graphite, gray: stone, red: stop },
  primaryColor: "petrol",
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  black: "#1a2226",
  fontFamily: "'IBM Plex Sans', system-ui, sans-serif",
  fontFamilyMonospace: "'IBM Plex Mono', ui-monospace, monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  lineHeights: { xs: "1.35", sm: "1.4", md: "1.5", lg: "1.5", xl: "1.5" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.375rem", lineHeight: "1.25" },
      h2: { fontSize: "1rem", lineHeight: "1.35" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  radius: { xs: "2px", sm: "3px", md: "5px", lg: "8px", xl: "12px" },
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  breakpoints: { xs: "30em", sm: "48em", md: "62em", lg: "75em", xl: "90em" },
  components: {
    Button: { defaultProps: { size: "sm" } },
    // Its place for the first focus is a presentation that can be focused, which a menu must not hold.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: true } } },
  },
});

/** What Mantine has no word for: grounds, lines, and signal colours that hold their contrast in each scheme. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#59656c",
    "--mantine-color-error": "#b3261e",
    "--mantine-color-placeholder": "#6a767d",
    "--ground": "#eff2f3",
    "--surface": "#ffffff",
    "--sunken": "#f5f7f8",
    "--line": "#d9dfe2",
    "--line-strong": "#b3bdc2",
    "--accent": "#0b6c79",
    "--calm": "#59656c",
    "--good": "#2b6e3f",
    "--notice": "#8a5300",
    "--alarm": "#b3261e",
    "--info": "#1f5fa8",
    "--deep": "#7a2a8c",
    "--good-soft": "#e4f1e7",
    "--notice-soft": "#fbeed6",
    "--alarm-soft": "#fbe6e4",
    "--info-soft": "#e3edf8",
    "--deep-soft": "#f3e6f6",
    "--calm-soft": "#e9edef",
  },
  dark: {
    "--mantine-color-body": "#1d252a",
    "--mantine-color-text": "#dfe5e8",
    "--mantine-color-dimmed": "#a0acb2",
    "--mantine-color-error": "#ff9388",
    "--mantine-color-red-light-color": "#ff9388",
    "--mantine-color-placeholder": "#8997a0",
    "--mantine-color-anchor": "#74c2cd",
    "--ground": "#141a1e",
    "--surface": "#1d252a",
    "--sunken": "#182025",
    "--line": "#313c43",
    "--line-strong": "#4d5b64",
    "--accent": "#6bbcc7",
    "--calm": "#a0acb2",
    "--good": "#7fcb94",
    "--notice": "#f0b45a",
    "--alarm": "#ff9388",
    "--info": "#8fbdf2",
    "--deep": "#dc9cec",
    "--good-soft": "#1f3527",
    "--notice-soft": "#3b2e18",
    "--alarm-soft": "#432422",
    "--info-soft": "#1f3147",
    "--deep-soft": "#3a2540",
    "--calm-soft": "#2a343a",
  },
});
