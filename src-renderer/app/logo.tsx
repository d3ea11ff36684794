export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" width={size} height={size} className="shrink-0 text-primary">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path d="M16 5.5 24 12l-3.2 12.2L16 26.5l-4.8-2.3L8 12z" fill="#fff" fillOpacity=".28" />
      <path d="M16 5.5 24 12l-8 14.5z" fill="#fff" />
      <path d="M16 5.5 8 12l8 3z" fill="#fff" fillOpacity=".72" />
    </svg>
  )
}
