import { Page } from "../../ui/Page";

export default function RecordingsPage() {
  return <Page title="Recordings">{null}</Page>;
}
