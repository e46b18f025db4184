/** Mantine's styles of dialogs: imported by ui/Dialog.tsx. */

import "@mantine/core/styles/Overlay.layer.css";
import "@mantine/core/styles/ModalBase.layer.css";
import "@mantine/core/styles/Modal.layer.css";
