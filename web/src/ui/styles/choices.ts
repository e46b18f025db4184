/** Mantine's styles of choosing several, or one of a few. */

import "@mantine/core/styles/Pill.layer.css";
import "@mantine/core/styles/PillsInput.layer.css";
import "@mantine/core/styles/Radio.layer.css";
