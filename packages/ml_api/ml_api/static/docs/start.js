// A file of its own, since the content security policy allows no inline script.
"use strict";

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#documentation",
  deepLinking: true,
  displayRequestDuration: true,
  // Nothing may leave the machine: the validator's badge would come from elsewhere.
  validatorUrl: null,
});
