"""The sandbox's web page: phones side by side, a clock that is moved, the deadlines that are pending."""
