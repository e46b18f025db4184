import { Page } from "../../ui/Page";

export default function SitePage() {
  return <Page title="Site">{null}</Page>;
}
