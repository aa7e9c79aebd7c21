// axios as it comes: it sends application/json, which the server takes for JSON:API.
import axios from "axios";
import { plainClient } from "./plain.mjs";
import { run } from "./scenario.mjs";

const api = axios.create({ baseURL: process.argv[2] });
const send = async (method, url, data) => (await api.request({ method, url, data })).data;

await run(plainClient(send, (error) => error.response?.data.errors));
