import "./ui/styles/base";
import "./ui/base.css";

import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";

const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// For the styles that keep a page from scrolling under a dialog.
setNonce(nonce);

// After an upgrade of the broker the files that this page would load next are gone: load the page anew, once for each build.
const RELOADED_FROM = "wicketgate.reloaded-from";
window.addEventListener("vite:preloadError", (event) => {
  if (sessionStorage.getItem(RELOADED_FROM) === import.meta.url) return;
  sessionStorage.setItem(RELOADED_FROM, import.meta.url);
  event.preventDefault();
  location.reload();
});

const root = document.getElementById("root");
if (root !== null) createRoot(root).render(<App nonce={nonce} />);
