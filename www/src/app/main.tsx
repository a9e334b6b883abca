import { render } from "preact";

render(<main>registrette</main>, document.getElementById("app")!);
