// A file of its own, since the content security policy allows no inline script.
"use strict";

// Swagger UI has colours for the night, but waits to be told.
const night = window.matchMedia("(prefers-color-scheme: dark)");
const followNight = () => document.documentElement.classList.toggle("dark-mode", night.matches);
night.addEventListener("change", followNight);
followNight();

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  displayRequestDuration: true,
  // Nothing may leave the machine: the validator's badge would come from elsewhere.
  validatorUrl: null,
});
