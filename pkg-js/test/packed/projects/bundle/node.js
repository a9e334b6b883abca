import { startRegistry } from "registrette/node";

startRegistry();
