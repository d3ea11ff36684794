/** What floats above the page: menus, selects, popovers. */
export const popupStyle =
  'origin-(--transform-origin) rounded-md border border-border bg-raised text-text shadow-overlay outline-hidden transition-[opacity,scale] data-ending-style:scale-98 data-ending-style:opacity-0 data-instant:transition-none data-starting-style:scale-98 data-starting-style:opacity-0'
