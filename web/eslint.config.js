import js from "@eslint/js";
import { readdirSync } from "node:fs";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const features = readdirSync("src/features", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Who may import what: api < ui < features < app. Lower never imports higher, and features never each other. */
function direction(files, forbidden, message) {
  return {
    files: [files],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: forbidden, message }] }] },
  };
}

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  { languageOptions: { parserOptions: { project: ["./tsconfig.json", "./tests/tsconfig.json"] } } },
  {
    files: ["**/*.js", "**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly" } },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ...hooks.configs.flat["recommended-latest"],
  },
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A handler of an event may start work and let its own error state show the end.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "Use now() of src/api/clock.ts: it follows the broker's clock." },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "Text of others is shown as text." },
      ],
    },
  },
  direction("src/i18n/**", ["**/api/**", "**/ui/**", "**/features/**", "**/app/**"], "i18n stands on nothing."),
  direction("src/api/**", ["**/ui/**", "**/features/**", "**/app/**"], "The API's client knows no pages."),
  direction("src/ui/**", ["**/features/**", "**/app/**"], "Shared components know no feature."),
  direction(
    "src/features/**",
    ["**/app/**"],
    "Features do not know the shell: they get what they need from api and ui.",
  ),
  ...features.map((feature) =>
    direction(
      `src/features/${feature}/**`,
      ["**/app/**", ...features.filter((other) => other !== feature).map((other) => `**/${other}/**`)],
      "Features never import each other: what two of them need belongs to src/ui or src/api.",
    ),
  ),
);
