import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { PhoneApp } from "./app";
import "./style.css";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <PhoneApp />
  </StrictMode>,
);
