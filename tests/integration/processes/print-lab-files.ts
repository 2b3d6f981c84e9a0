/** Preloaded into a service: prints the name of each file of a lab that is loaded. */
import { plugin } from "bun";

await plugin({
  name: "print lab files",
  setup(build) {
    build.onLoad({ filter: /\/src\/(lab\/|routes\/options|option-services).*\.ts$/ }, async ({ path }) => {
      console.log(`lab file: ${path.split("/").slice(-4).join("/")}`);
      return { contents: await Bun.file(path).text(), loader: "ts" };
    });
  },
});
