// Before the first paint: the theme that was chosen, if one was.
try {
  const theme = localStorage.getItem("registrette:theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // Where storage is denied, the system's theme holds.
}
