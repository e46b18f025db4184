import { Page } from "../../ui/Page";

export default function RequestPage() {
  return <Page title="Request">{null}</Page>;
}
