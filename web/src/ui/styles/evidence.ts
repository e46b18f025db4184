/** Mantine's styles that only recordings need: imported by the pages that replay and prove them. */

import "@mantine/core/styles/Alert.layer.css";
import "@mantine/core/styles/Progress.layer.css";
