import { render } from "preact";

import { boot } from "./boot.js";
import { App } from "./views/app.js";

render(<App />, document.getElementById("app")!);
void boot();
