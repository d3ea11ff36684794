/** The route's place; the page of this feature takes it over. */
export function InstancesPage() {
  return null
}
