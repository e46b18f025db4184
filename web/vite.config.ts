import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` shows the pages against a broker that runs already: WICKET_BROKER=https://localhost:8443 npm run dev
const broker = process.env.WICKET_BROKER ?? "https://localhost:8443";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2023",
    // The Content-Security-Policy allows no data: URLs for anything but pictures.
    assetsInlineLimit: 0,
    manifest: true,
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: "localhost",
    // The broker's own CA is not this machine's: only for developing, and only on loopback.
    proxy: { "/api": { target: broker, secure: false, ws: true } },
  },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
