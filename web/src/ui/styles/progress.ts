/** Mantine's styles of a bar that fills. */

import "@mantine/core/styles/Progress.layer.css";
