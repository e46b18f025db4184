import { Page } from "../../ui/Page";

export default function InventoryPage() {
  return <Page title="Inventory">{null}</Page>;
}
