// Loaded before the first paint: tells the style sheets that scripts run.
document.documentElement.classList.add("js");
