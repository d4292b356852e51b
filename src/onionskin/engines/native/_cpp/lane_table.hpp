// Which function runs which instruction of a lane program, in which form. Included only by kernels.cpp.
#pragma once

inline LaneHandler lane_erased(LaneFunction function) {
  return reinterpret_cast<LaneHandler>(function);
}

template <Op O, class T> LaneHandler lane_hot_of(LaneForm form) {
  constexpr bool unary = kLaneUnary<O>;
  switch (form) {
  case LaneForm::Wide:
    return lane_erased(&lane_hot_wide<O, T>);
  case LaneForm::Keep:
    return lane_erased(&lane_hot<O, T, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_hot<O, T, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_hot<O, T, LaneForm::CarriedA>);
  case LaneForm::CarriedB:
    return unary ? nullptr : lane_erased(&lane_hot<O, T, LaneForm::CarriedB>);
  case LaneForm::CarriedBoth:
    return unary ? nullptr : lane_erased(&lane_hot<O, T, LaneForm::CarriedBoth>);
  case LaneForm::CarriedC:
    return nullptr;
  }
  return nullptr;
}

template <Fused O, class T> LaneHandler lane_fused_of(LaneForm form) {
  switch (form) {
  case LaneForm::Wide:
    return lane_erased(&lane_fused_wide<O, T>);
  case LaneForm::Keep:
    return lane_erased(&lane_fused<O, T, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_fused<O, T, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_fused<O, T, LaneForm::CarriedA>);
  case LaneForm::CarriedC:
    return lane_erased(&lane_fused<O, T, LaneForm::CarriedC>);
  default:
    return nullptr;
  }
}

template <class T, int Terms, bool Adds> LaneHandler lane_dot_form(LaneForm form) {
  switch (form) {
  case LaneForm::Wide:
    return lane_erased(&lane_dot_wide<T, Adds>);
  case LaneForm::Keep:
    return lane_erased(&lane_dot<T, Terms, Adds, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_dot<T, Terms, Adds, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_dot<T, Terms, Adds, LaneForm::CarriedA>);
  case LaneForm::CarriedB:
    return lane_erased(&lane_dot<T, Terms, Adds, LaneForm::CarriedB>);
  default:
    return nullptr;
  }
}

template <class T, bool Adds> LaneHandler lane_dot_of(LaneForm form, int terms) {
  switch (terms) {
  case 1:
    return lane_dot_form<T, 1, Adds>(form);
  case 2:
    return lane_dot_form<T, 2, Adds>(form);
  case 3:
    return lane_dot_form<T, 3, Adds>(form);
  case 4:
    return lane_dot_form<T, 4, Adds>(form);
  default:
    return lane_dot_form<T, 0, Adds>(form);
  }
}

template <class T> LaneHandler lane_permute_of(LaneForm form) {
  switch (form) {
  case LaneForm::Keep:
    return lane_erased(&lane_permute<T, LaneForm::Keep>);
  case LaneForm::Memory:
    return lane_erased(&lane_permute<T, LaneForm::Memory>);
  case LaneForm::CarriedA:
    return lane_erased(&lane_permute<T, LaneForm::CarriedA>);
  default:
    return form == LaneForm::Wide ? lane_erased(&lane_permute_wide<T>) : nullptr;
  }
}

template <class T> LaneHandler lane_fold_of(Op op) {
  switch (op) {
  case Op::Add:
    return lane_erased(&lane_fold<Op::Add, T>);
  case Op::Mul:
    return lane_erased(&lane_fold<Op::Mul, T>);
  case Op::Max:
    return lane_erased(&lane_fold<Op::Max, T>);
  case Op::Min:
    return lane_erased(&lane_fold<Op::Min, T>);
  default:
    return nullptr;
  }
}

template <class T> LaneHandler lane_own_of(LaneOp op, LaneForm form, int detail) {
  using Other = std::conditional_t<sizeof(T) == 4, double, float>;
  const bool wide = form == LaneForm::Wide;
  switch (op) {
  case LaneOp::Permute:
    return lane_permute_of<T>(form);
  case LaneOp::Dot:
    return lane_dot_of<T, false>(form, detail);
  case LaneOp::DotAdd:
    return lane_dot_of<T, true>(form, detail);
  case LaneOp::MulSub:
    return lane_fused_of<Fused::MulSub, T>(form);
  case LaneOp::SubMul:
    return lane_fused_of<Fused::SubMul, T>(form);
  case LaneOp::Merge:
    return wide ? lane_erased(&lane_merge<T>) : nullptr;
  case LaneOp::Fold:
    return wide ? lane_fold_of<T>(static_cast<Op>(detail)) : nullptr;
  case LaneOp::ArgMax:
    return wide ? lane_erased(&lane_arg<T, true>) : nullptr;
  case LaneOp::ArgMin:
    return wide ? lane_erased(&lane_arg<T, false>) : nullptr;
  case LaneOp::Convert:
    return wide ? lane_erased(&lane_convert<Other, T>) : nullptr;
  case LaneOp::Wrap:
    return wide && sizeof(T) == 8 ? lane_erased(&lane_wrap) : nullptr;
  case LaneOp::Truncate:
    return wide ? lane_erased(&lane_truncate<T>) : nullptr;
  }
  return nullptr;
}

template <class T> LaneHandler lane_handler_of(int code, LaneForm form, int detail) {
  if (code >= kOpCount)
    return lane_own_of<T>(static_cast<LaneOp>(code), form, detail);
  switch (static_cast<Op>(code)) {
  case Op::Load:
  case Op::Const:
  case Op::Store:
    return nullptr;
  case Op::Fma:
    return lane_fused_of<Fused::MulAdd, T>(form);
  case Op::Add:
    return lane_hot_of<Op::Add, T>(form);
  case Op::Sub:
    return lane_hot_of<Op::Sub, T>(form);
  case Op::Mul:
    return lane_hot_of<Op::Mul, T>(form);
  case Op::Div:
    return lane_hot_of<Op::Div, T>(form);
  case Op::Max:
    return lane_hot_of<Op::Max, T>(form);
  case Op::Min:
    return lane_hot_of<Op::Min, T>(form);
  case Op::Gt:
    return lane_hot_of<Op::Gt, T>(form);
  case Op::Eq:
    return lane_hot_of<Op::Eq, T>(form);
  case Op::Neg:
    return lane_hot_of<Op::Neg, T>(form);
  case Op::Abs:
    return lane_hot_of<Op::Abs, T>(form);
  case Op::Relu:
    return lane_hot_of<Op::Relu, T>(form);
  case Op::Exp:
    return lane_hot_of<Op::Exp, T>(form);
  case Op::Log:
    return lane_hot_of<Op::Log, T>(form);
  case Op::Sqrt:
    return lane_hot_of<Op::Sqrt, T>(form);
  case Op::Sigmoid:
    return lane_hot_of<Op::Sigmoid, T>(form);
  case Op::Tanh:
    if constexpr (sizeof(T) == 4)
      return lane_hot_of<Op::Tanh, T>(form);
    [[fallthrough]];
  default:
    return form == LaneForm::Wide ? lane_erased(&lane_cold<T>) : nullptr;
  }
}

// The function for an instruction; null where it has none of this form. `detail`: the terms of a product, the
// operation of a fold. A code below 0 ends a program.
inline LaneHandler lane_handler(int code, bool wide, LaneForm form, int detail) {
  if (code < 0)
    return lane_erased(&lane_end);
  return wide ? lane_handler_of<double>(code, form, detail) : lane_handler_of<float>(code, form, detail);
}
