//! msingi
